#include "alertd/rules/expression_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "alertd/series/labels.h"

namespace picket::alertd {

namespace {

/// The index of the closing quote, npos when there is none. Raw strings (`) have no escapes.
std::size_t closing_quote(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && text[open] != '`') {
      ++i;
    } else if (text[i] == text[open]) {
      return i;
    }
  }
  return std::string_view::npos;
}

char opening_of(char closing) {
  if (closing == ')') return '(';
  return closing == ']' ? '[' : '{';
}

/// Where the quoted text or comment that starts at `i` ends; `i` itself when none does.
std::size_t skip_opaque(std::string_view expr, std::size_t i) {
  if (expr[i] == '#') return std::min(expr.find('\n', i), expr.size() - 1);
  constexpr std::string_view kQuotes = "\"'`";
  return kQuotes.find(expr[i]) == std::string_view::npos ? i : closing_quote(expr, i);
}

/// Keeps the stack of open brackets; false when `c` closes one that is not open.
bool follow_bracket(char c, std::string& open) {
  constexpr std::string_view kOpening = "([{";
  constexpr std::string_view kClosing = ")]}";
  if (kOpening.find(c) != std::string_view::npos) open += c;
  if (kClosing.find(c) == std::string_view::npos) return true;
  if (open.empty() || open.back() != opening_of(c)) return false;
  open.pop_back();
  return true;
}

}  // namespace

std::string check_expression(std::string_view expr) {
  std::string open;
  bool content = false;
  for (std::size_t i = 0; i < expr.size(); ++i) {
    const std::size_t end = skip_opaque(expr, i);
    if (end == std::string_view::npos) return "a quoted text is not closed";
    content = content || (expr[i] != '#' && expr[i] > ' ');
    if (end != i) {
      i = end;
      continue;
    }
    if (!follow_bracket(expr[i], open)) return fmt::format("unexpected \"{}\"", expr[i]);
  }
  if (!content) return "is empty";
  return open.empty() ? "" : fmt::format("\"{}\" is not closed", open.back());
}

bool is_classic_metric_name(std::string_view name) {
  std::string without_colons(name);
  std::replace(without_colons.begin(), without_colons.end(), ':', '_');
  return is_classic_label_name(without_colons);
}

}  // namespace picket::alertd
