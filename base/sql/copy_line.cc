#include "base/sql/copy_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace picket::sql {
namespace {

void append_escaped(std::string& line, const std::string& text) {
  for (const char c : text) {
    if (c == '\\') {
      line += "\\\\";
    } else if (c == '\t') {
      line += "\\t";
    } else if (c == '\n') {
      line += "\\n";
    } else if (c == '\r') {
      line += "\\r";
    } else {
      line += c;
    }
  }
}

void append_field(std::string& line, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    fmt::format_to(std::back_inserter(line), "{}", *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    fmt::format_to(std::back_inserter(line), "{}", *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    append_escaped(line, *text);
  } else {
    line += "\\N";
  }
}

}  // namespace

std::string copy_line(const Params& row) {
  std::string line;
  for (const Value& value : row) {
    if (&value != row.data()) line += '\t';
    append_field(line, value);
  }
  return line;
}

bool has_zero_byte(const Params& row) {
  return std::ranges::any_of(row, [](const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && text->find('\0') != std::string::npos;
  });
}

}  // namespace picket::sql
