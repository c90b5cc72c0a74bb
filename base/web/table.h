// Tables whose words stay whole: what does not fit scrolls within the table, and on narrow screens each row
// becomes a card with the columns' names beside the values. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/web/html.h"

namespace picket::web {

enum class Cell {
  Text,    ///< wraps between words
  Name,    ///< an identifier: on one line while it has up to 28 characters
  Number,  ///< never wraps, digits of equal width
  Mark,    ///< a badge, a time, a drawing: never wraps unless it must
};

struct Column {
  Column(const char* head, Cell cell = Cell::Text) : label(head), kind(cell) {}
  Column(std::string head, Cell cell = Cell::Text) : label(std::move(head)), kind(cell) {}
  std::string label;  ///< "": of buttons
  Cell kind;
};

/// As many cells as there are columns.
using Row = std::vector<Html>;

/// Columns without a single value are left out. `name` is for screen readers.
Html table(const std::vector<Column>& columns, const std::vector<Row>& rows, std::string_view name = "Table");

}  // namespace picket::web
