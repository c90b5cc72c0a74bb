#include "tools/slo/counters.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text/strings.h"

namespace picket::slo {
namespace {

/// What an expression is made of, with the insides of its quotes left out of sight.
struct Outline {
  std::vector<std::string> ranges{};  ///< what stands in [ ]
  std::size_t first_close = 0;        ///< behind the bracket that closes the first one
};

bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}

/// Behind the quoted text that begins at `at`; npos when it does not end.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\' && quote != '`') {
      ++at;
    } else if (text[at] == quote) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

bool closes(char open, char close) {
  return (open == '(' && close == ')') || (open == '[' && close == ']') || (open == '{' && close == '}');
}

class OutlineReader {
 public:
  explicit OutlineReader(std::string_view text) : text_(text) {}

  /// Nothing when quotes or brackets do not close, or a comment begins.
  std::optional<Outline> read() {
    for (std::size_t at = 0; at < text_.size();) {
      if (is_quote(text_[at])) {
        at = end_of_quoted(text_, at);
        if (at == std::string_view::npos) return std::nullopt;
      } else if (!take(at++)) {
        return std::nullopt;
      }
    }
    if (!open_.empty()) return std::nullopt;
    return outline_;
  }

 private:
  bool take(std::size_t at) {
    switch (text_[at]) {
      case '#':  // what follows it would be no part of the rule
        return false;
      case '(':
      case '[':
      case '{':
        open_.push_back(at);
        return true;
      case ')':
      case ']':
      case '}':
        return close(at);
      default:
        return true;
    }
  }
  bool close(std::size_t at) {
    if (open_.empty() || !closes(text_[open_.back()], text_[at])) return false;
    if (text_[at] == ']') outline_.ranges.emplace_back(text_.substr(open_.back() + 1, at - open_.back() - 1));
    open_.pop_back();
    if (open_.empty() && outline_.first_close == 0) outline_.first_close = at + 1;
    return true;
  }

  const std::string_view text_;
  Outline outline_;
  std::vector<std::size_t> open_;
};

std::optional<Outline> outline_of(std::string_view text) {
  return OutlineReader(text).read();
}

bool is_selector(std::string_view text, const Outline& outline) {
  const std::size_t brace = std::min(text.find('{'), text.size());
  const bool is_named = brace == 0 || is_metric_name(text.substr(0, brace));
  const bool ends_there = brace == text.size() || outline.first_close == text.size();
  return is_named && ends_there && !text.empty();
}

bool is_one_sum(std::string_view text, const Outline& outline) {
  return text.starts_with("sum(") && outline.first_close == text.size();
}

bool is_printable(char c) {
  return !is_control(c) || c == '\n';
}

}  // namespace

bool is_series(std::string_view text) {
  const std::optional<Outline> outline = outline_of(text);
  return outline && is_selector(text, *outline) && std::ranges::all_of(text, is_printable);
}

bool is_metric_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  };
  const auto is_other = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, is_other);
}

Result<std::string> events_per_second(std::string_view text) {
  constexpr std::string_view kWindow = "5m";
  std::string filled(trim(text));
  for (const std::string_view window : {"{{.window}}", "{{ .window }}"})
    filled = replace_all(filled, "[" + std::string(window) + "]", "[5m]");
  if (!std::ranges::all_of(filled, is_printable))
    return fail(ErrorKind::InvalidInput, "must not hold control characters");
  const std::optional<Outline> outline = outline_of(filled);
  if (!outline)
    return fail(ErrorKind::InvalidInput, "has a quote or bracket that does not close, or a comment");
  if (is_selector(filled, *outline)) return fmt::format("sum(rate({}[5m]))", filled);
  if (outline->ranges.empty()) {
    return fail(ErrorKind::InvalidInput,
                "must be a counter, such as http_requests_total{job=\"shop\"}, or an expression over [5m]");
  }
  for (const std::string& range : outline->ranges) {
    if (range == kWindow) continue;
    return fail(ErrorKind::InvalidInput,
                fmt::format("looks back over [{}]: write [5m], longer windows are made from it", range));
  }
  return is_one_sum(filled, *outline) ? filled : fmt::format("sum({})", filled);
}

}  // namespace picket::slo
