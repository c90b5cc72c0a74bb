// Text in columns for people. Pure.
#pragma once

#include <string>
#include <vector>

namespace picket {

struct TextTable {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;  ///< each as wide as `head`
};

/// Columns as wide as they need, two blanks between them; control characters become "?".
std::string format_table(const TextTable& table);

}  // namespace picket
