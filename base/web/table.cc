#include "base/web/table.h"

#include <algorithm>

#include "base/result/result.h"

namespace picket::web {
namespace {

std::string class_of(Cell kind) {
  switch (kind) {
    case Cell::Name:
      return "name";
    case Cell::Number:
      return "number";
    case Cell::Mark:
      return "mark";
    case Cell::Text:
      break;
  }
  return "text";
}

std::vector<std::size_t> columns_shown(const std::vector<Column>& columns, const std::vector<Row>& rows) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool has_value = std::ranges::any_of(rows, [i](const Row& row) { return !row[i].empty(); });
    if (has_value || rows.empty()) shown.push_back(i);
  }
  return shown;
}

Html head_cell(const Column& column) {
  if (column.label.empty()) return element("td", {}, {});
  return element("th", {{"scope", "col"}, {"class", class_of(column.kind)}}, column.label);
}

Html cell(const Column& column, const Html& content) {
  Attributes attributes{{"class", class_of(column.kind)}};
  if (!column.label.empty()) attributes.push_back({"data-label", column.label});
  const bool is_name = column.kind == Cell::Name && !content.empty();
  return element("td", attributes, is_name ? element("span", {}, content) : content);
}

}  // namespace

Html table(const std::vector<Column>& columns, const std::vector<Row>& rows, std::string_view name) {
  for (const Row& row : rows)
    check(row.size() == columns.size(), "a row has as many cells as there are columns");
  const std::vector<std::size_t> shown = columns_shown(columns, rows);
  Html head;
  for (const std::size_t i : shown) head += head_cell(columns[i]);
  Html body;
  for (const Row& row : rows) {
    Html cells;
    for (const std::size_t i : shown) cells += cell(columns[i], row[i]);
    body += element("tr", {}, cells) + "\n";
  }
  const Html content = element("thead", {}, element("tr", {}, head)) + "\n" + element("tbody", {}, body);
  return element(
             "div",
             {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", std::string(name)}},
             element("table", {}, content)) +
         "\n";
}

}  // namespace picket::web
