#include "base/text/table.h"

#include <algorithm>

#include "base/text/escape.h"

namespace picket {
namespace {

/// What a stranger chose (a user agent) must not steer the terminal. The C1 controls are U+0080 to U+009F.
std::string printable(std::string_view text) {
  std::string out = repair_utf8(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xA0;
    if (is_c1) out.erase(i, 1);
    if (is_c1 || byte < 0x20 || byte == 0x7F) out[i] = '?';
  }
  return out;
}

/// Code points: near enough to columns.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void append_line(std::string& out, const std::vector<std::string>& cells,
                 const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 < cells.size()) line += std::string(widths[i] - width_of(cells[i]) + 2, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

}  // namespace

std::string format_table(const TextTable& table) {
  std::vector<std::vector<std::string>> lines{table.head};
  for (const auto& row : table.rows) {
    std::vector<std::string>& line = lines.emplace_back();
    for (const std::string& cell : row) line.push_back(cell.empty() ? "-" : printable(cell));
  }
  std::vector<std::size_t> widths(table.head.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string out;
  for (const auto& line : lines) append_line(out, line, widths);
  return out;
}

}  // namespace picket
