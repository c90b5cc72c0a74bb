// The two grammars of Alertmanager's matchers. Sources: alertmanager matcher/parse (UTF-8) and
// pkg/labels/parse.go (classic).
#include "alertd/series/go_string.h"
#include "alertd/series/matcher.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

constexpr std::size_t kMaxText = std::size_t{64} * 1024;
constexpr std::size_t kMaxMatchers = 1000;

Failure bad(std::size_t at, std::string_view what) {
  return fail(ErrorKind::InvalidInput, fmt::format("matcher, character {}: {}", at + 1, what));
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::optional<MatchOp> operator_at(std::string_view text) {
  if (text.starts_with("=~")) return MatchOp::Regex;
  if (text.starts_with("!~")) return MatchOp::NotRegex;
  if (text.starts_with("!=")) return MatchOp::NotEqual;
  if (text.starts_with("=")) return MatchOp::Equal;
  return std::nullopt;
}

/// A cursor over `text` that knows the UTF-8 grammar's tokens.
class Utf8Parser {
 public:
  explicit Utf8Parser(std::string_view text) : text_(text) {}

  Result<Matchers> parse() {
    Matchers matchers;
    skip_spaces();
    const bool braced = take('{');
    skip_spaces();
    while (!at_end() && peek() != '}') {
      if (matchers.size() >= kMaxMatchers) return bad(at_, "too many matchers");
      auto matcher = parse_one();
      if (!matcher) return fail(matcher);
      matchers.push_back(std::move(*matcher));
      skip_spaces();
      if (!take(',')) break;
      skip_spaces();
    }
    if (braced && !take('}')) return bad(at_, "expected , or }");
    skip_spaces();
    if (!at_end()) return bad(at_, braced ? "nothing may follow }" : "expected a comma");
    return matchers;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  bool take(char c) {
    if (at_end() || peek() != c) return false;
    ++at_;
    return true;
  }
  void skip_spaces() {
    while (!at_end() && is_space(peek())) ++at_;
  }

  Result<Matcher> parse_one() {
    auto name = word("a label name");
    if (!name) return fail(name);
    skip_spaces();
    const auto op = operator_at(text_.substr(at_));
    if (!op) return bad(at_, "expected one of = != =~ !~");
    at_ += alertd::to_string(*op).size();
    skip_spaces();
    auto value = word("a value");
    if (!value) return fail(value);
    return Matcher::make(*op, std::move(*name), std::move(*value));
  }

  Result<std::string> word(std::string_view what) {
    if (!at_end() && peek() == '"') return quoted();
    const std::size_t start = at_;
    constexpr std::string_view kReserved = "{}!=~,\\\"'`";
    while (!at_end() && !is_space(peek()) && kReserved.find(peek()) == std::string_view::npos) ++at_;
    if (at_ == start) return bad(at_, fmt::format("expected {}", what));
    return std::string(text_.substr(start, at_ - start));
  }

  Result<std::string> quoted() {
    const std::size_t start = at_++;
    std::string value;
    while (!at_end() && peek() != '"') {
      if (peek() == '\n') return bad(at_, "a quoted text must not contain a line break");
      if (peek() != '\\') {
        value += text_[at_++];
        continue;
      }
      ++at_;
      if (!read_go_escape(text_, at_, '"', value)) return bad(at_, "unknown escape");
    }
    if (!take('"')) return bad(start, "the quote is not closed");
    if (!is_valid_utf8(value)) return bad(start, "not valid UTF-8");
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void append_classic_escape(std::string& value, char escaped) {
  if (escaped == 'n') {
    value += '\n';
    return;
  }
  if (escaped != '"' && escaped != '\\') value += '\\';
  value += escaped;
}

/// Classic values: quotes are optional, backslash escapes n, " and itself; other backslashes stay.
Result<std::string> classic_value(std::string_view raw) {
  if (!is_valid_utf8(raw)) return fail(ErrorKind::InvalidInput, "matcher value is not valid UTF-8");
  const bool quoted = raw.starts_with('"');
  if (quoted) raw.remove_prefix(1);
  std::string value;
  std::size_t i = 0;
  for (; i < raw.size() && raw[i] != '"'; ++i) {
    if (raw[i] == '\\' && i + 1 < raw.size()) {
      append_classic_escape(value, raw[++i]);
    } else {
      value += raw[i];
    }
  }
  const bool at_quote = i < raw.size();
  if (at_quote && (!quoted || i + 1 != raw.size())) {
    return fail(ErrorKind::InvalidInput, fmt::format("matcher value has an unescaped quote: {}", raw));
  }
  if (quoted && !at_quote) {
    return fail(ErrorKind::InvalidInput, fmt::format("matcher value's quote is not closed: {}", raw));
  }
  return value;
}

Result<Matcher> classic_matcher(std::string_view text) {
  text = trim(text);
  const std::size_t end = text.find_first_of(" \t=!");
  if (end == std::string_view::npos || end == 0) {
    return fail(ErrorKind::InvalidInput, fmt::format("bad matcher: {}", text));
  }
  const std::string_view name = text.substr(0, end);
  std::string_view rest = trim(text.substr(end));
  const auto op = operator_at(rest);
  if (!op || (!is_classic_label_name(name) && name.find(':') == std::string_view::npos)) {
    return fail(ErrorKind::InvalidInput, fmt::format("bad matcher: {}", text));
  }
  rest.remove_prefix(alertd::to_string(*op).size());
  auto value = classic_value(trim(rest));
  if (!value) return fail(value);
  return Matcher::make(*op, std::string(name), std::move(*value));
}

/// Splits at commas outside of quotes.
std::vector<std::string_view> classic_split(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  bool quoted = false;
  bool escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (escaped) {
      escaped = false;
    } else if (text[i] == '\\') {
      escaped = true;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == ',' && !quoted) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  if (!trim(text.substr(start)).empty()) parts.push_back(text.substr(start));
  return parts;
}

Result<Matchers> parse_classic(std::string_view text) {
  text = trim(text);
  if (text.starts_with('{')) text.remove_prefix(1);
  if (text.ends_with('}')) text.remove_suffix(1);
  Matchers matchers;
  for (const std::string_view part : classic_split(text)) {
    if (matchers.size() >= kMaxMatchers) return fail(ErrorKind::InvalidInput, "too many matchers");
    auto matcher = classic_matcher(part);
    if (!matcher) return fail(matcher);
    matchers.push_back(std::move(*matcher));
  }
  return matchers;
}

}  // namespace

Result<Matchers> parse_matchers(std::string_view text) {
  if (text.size() > kMaxText) return fail(ErrorKind::InvalidInput, "matchers are too long");
  auto modern = Utf8Parser(text).parse();
  if (modern) return modern;
  auto classic = parse_classic(text);
  return classic ? std::move(classic) : std::move(modern);
}

}  // namespace picket::alertd
