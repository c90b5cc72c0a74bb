// Source of the syntax: Go's text/template/parse.
#include "alertd/templates/lexer.h"

#include <fmt/format.h>

#include <charconv>

#include "alertd/series/go_string.h"

namespace picket::alertd {

namespace {

constexpr std::string_view kSpaces = " \t\r\n";

bool is_space(char c) {
  return kSpaces.find(c) != std::string_view::npos;
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Lexer {
 public:
  Lexer(std::string_view text, Position start) : text_(text), position_(start) {}

  LexResult run() {
    while (at_ < text_.size() && result_.error.empty()) {
      lex_text();
      if (at_ < text_.size() && result_.error.empty()) lex_action();
    }
    if (result_.error.empty()) push(Token::Kind::End, "");
    return std::move(result_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  bool next_is(std::string_view what) const { return rest().starts_with(what); }

  void advance(std::size_t count) {
    for (const char c : text_.substr(at_, count)) {
      if (c == '\n') {
        ++position_.line;
        position_.column = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
        ++position_.column;
      }
    }
    at_ = std::min(at_ + count, text_.size());
  }

  void push(Token::Kind kind, std::string text, Value value = {}) {
    result_.tokens.push_back({kind, std::move(text), std::move(value), position_, spaced_});
    spaced_ = false;
  }

  void error(std::string what) {
    if (!result_.error.empty()) return;
    result_.error = std::move(what);
    result_.error_position = position_;
  }

  void lex_text() {
    const std::size_t open = std::min(text_.find("{{", at_), text_.size());
    std::string_view text = text_.substr(at_, open - at_);
    const std::string_view after = text_.substr(std::min(open + 2, text_.size()));
    const bool trims = after.size() >= 2 && after[0] == '-' && is_space(after[1]);
    if (trims) {
      const std::size_t end = text.find_last_not_of(kSpaces);
      text = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
    }
    if (!text.empty()) push(Token::Kind::Text, std::string(text));
    advance(open - at_);
  }

  void lex_action() {
    const Position opened = position_;
    const bool trims = rest().size() >= 4 && rest()[2] == '-' && is_space(rest()[3]);
    const std::size_t inside = trims ? 4 : 2;
    if (rest().substr(inside).starts_with("/*")) {
      advance(inside);
      lex_comment();
      return;
    }
    push(Token::Kind::Open, "");
    advance(inside);
    depth_ = 0;
    while (result_.error.empty() && !lex_close()) {
      if (at_ >= text_.size()) {
        position_ = opened;
        error("the action is not closed");
      } else if (is_space(rest()[0])) {
        advance(1);
        spaced_ = true;
      } else {
        lex_token();
      }
    }
  }

  void lex_comment() {
    const std::size_t end = rest().find("*/");
    if (end == std::string_view::npos) return error("the comment is not closed");
    advance(end + 2);
    const bool trims = !rest().empty() && is_space(rest()[0]) && rest().substr(1).starts_with("-}}");
    if (!trims && !next_is("}}")) return error("a comment must end right before the closing }}");
    advance(trims ? 4 : 2);
    if (trims) skip_spaces();
    spaced_ = false;
  }

  void skip_spaces() {
    const std::size_t count = std::min(rest().find_first_not_of(kSpaces), rest().size());
    advance(count);
  }

  bool lex_close() {
    const bool trims = spaced_ && next_is("-}}");
    if (!trims && !next_is("}}")) return false;
    if (depth_ > 0) {
      error("a parenthesis is not closed");
      return false;
    }
    push(Token::Kind::Close, "");
    advance(trims ? 3 : 2);
    if (trims) skip_spaces();
    return true;
  }

  void lex_token() {
    const char c = rest()[0];
    if (c == '"') return lex_quoted();
    if (c == '`') return lex_raw();
    if (c == '\'') return lex_character();
    if (c == '$') return lex_variable();
    if (c == '.' && rest().size() > 1 && !is_digit(rest()[1])) return lex_field();
    if (is_digit(c) || ((c == '+' || c == '-' || c == '.') && rest().size() > 1)) return lex_number();
    if (is_word_byte(c)) return lex_word();
    lex_sign();
  }

  void lex_sign() {
    struct Sign {
      std::string_view text;
      Token::Kind kind;
    };
    constexpr Sign kSigns[] = {{":=", Token::Kind::Declare},  {"=", Token::Kind::Assign},
                               {"|", Token::Kind::Pipe},      {",", Token::Kind::Comma},
                               {"(", Token::Kind::OpenParen}, {")", Token::Kind::CloseParen},
                               {".", Token::Kind::Dot}};
    for (const Sign& sign : kSigns) {
      if (!next_is(sign.text)) continue;
      if (sign.kind == Token::Kind::OpenParen) ++depth_;
      if (sign.kind == Token::Kind::CloseParen && --depth_ < 0) return error("unexpected )");
      push(sign.kind, "");
      return advance(sign.text.size());
    }
    std::size_t end = 0;
    next_code_point(rest(), end);
    error(fmt::format("unexpected {} in an action", quote_go(rest().substr(0, end))));
  }

  std::size_t word_length(std::size_t from) const {
    std::size_t end = from;
    while (end < rest().size() && is_word_byte(rest()[end])) ++end;
    return end;
  }

  void lex_word() {
    const std::size_t length = word_length(0);
    push(Token::Kind::Word, std::string(rest().substr(0, length)));
    advance(length);
  }

  void lex_variable() {
    const std::size_t length = word_length(1);
    push(Token::Kind::Variable, std::string(rest().substr(0, length)));
    advance(length);
  }

  void lex_field() {
    const std::size_t length = word_length(1);
    push(length == 1 ? Token::Kind::Dot : Token::Kind::Field, std::string(rest().substr(1, length - 1)));
    advance(length);
  }

  void lex_quoted() {
    std::string value;
    std::size_t end = 1;
    while (end < rest().size() && rest()[end] != '"' && rest()[end] != '\n') {
      if (rest()[end] != '\\') {
        value += rest()[end++];
        continue;
      }
      ++end;
      if (!read_go_escape(rest(), end, '"', value)) return error("unknown escape in a quoted string");
    }
    if (end >= rest().size() || rest()[end] != '"') return error("the quoted string is not closed");
    push(Token::Kind::Literal, "", Value(std::move(value)));
    advance(end + 1);
  }

  void lex_raw() {
    const std::size_t end = rest().find('`', 1);
    if (end == std::string_view::npos) return error("the raw string is not closed");
    std::string value(rest().substr(1, end - 1));
    std::erase(value, '\r');
    push(Token::Kind::Literal, "", Value(std::move(value)));
    advance(end + 1);
  }

  void lex_character() {
    std::string value;
    std::size_t end = 1;
    if (rest().size() > 1 && rest()[1] == '\\') {
      ++end;
      if (!read_go_escape(rest(), end, '\'', value)) return error("unknown escape in a character constant");
    } else if (rest().size() > 1 && rest()[1] != '\'' && rest()[1] != '\n') {
      next_code_point(rest(), end);
      value = rest().substr(1, end - 1);
    }
    if (value.empty() || end >= rest().size() || rest()[end] != '\'') return error("bad character constant");
    std::size_t start = 0;
    const std::int64_t code = value.size() == 1 ? static_cast<unsigned char>(value[0])
                                                : std::int64_t{next_code_point(value, start)};
    push(Token::Kind::Literal, "", Value(code));
    advance(end + 1);
  }

  void lex_number() {
    std::size_t end = 1;
    while (end < rest().size() && (is_word_byte(rest()[end]) || rest()[end] == '.' || is_exponent_sign(end)))
      ++end;
    const std::string_view text = rest().substr(0, end);
    auto value = number_of(text);
    if (value.is_nil()) return error(fmt::format("bad number {}", quote_go(text)));
    push(Token::Kind::Literal, std::string(text), std::move(value));
    advance(end);
  }

  bool is_exponent_sign(std::size_t at) const {
    const char c = rest()[at];
    const char before = static_cast<char>(rest()[at - 1] | 0x20);
    const bool hex = rest().substr(0, 3).find_first_of("xX") != std::string_view::npos;
    return (c == '+' || c == '-') && before == (hex ? 'p' : 'e');
  }

  /// Nil when it is no number.
  static Value number_of(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const std::string digits = plain_digits(text);
    std::string_view body = digits;
    const int base = take_base(body);
    if (auto integer = integer_of(body, base, negative); !integer.is_nil()) return integer;
    return base == 10 || base == 16 ? float_of(body, base, negative) : Value();
  }

  /// In lower case, without the underscores between digits.
  static std::string plain_digits(std::string_view text) {
    std::string digits;
    for (const char c : text) {
      if (c != '_') digits += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    return digits;
  }

  /// Cuts the prefix off: 0x, 0o, 0b; 0755 is octal too.
  static int take_base(std::string_view& body) {
    if (body.size() < 2 || body[0] != '0') return 10;
    const int named = body[1] == 'x' ? 16 : (body[1] == 'o' ? 8 : (body[1] == 'b' ? 2 : 0));
    if (named != 0 && body.size() > 2) {
      body.remove_prefix(2);
      return named;
    }
    return body.find_first_of(".e89") == std::string_view::npos ? 8 : 10;
  }

  static Value integer_of(std::string_view body, int base, bool negative) {
    std::uint64_t magnitude = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), magnitude, base);
    if (error != std::errc() || end != body.data() + body.size()) return {};
    constexpr std::uint64_t kMax = 1ULL << 63U;
    if (magnitude > kMax || (magnitude == kMax && !negative)) return {};
    return Value(static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude));
  }

  static Value float_of(std::string_view body, int base, bool negative) {
    if (body.empty() || (!is_digit(body[0]) && body[0] != '.' && base == 10)) return {};
    double number = 0;
    const auto form = base == 16 ? std::chars_format::hex : std::chars_format::general;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), number, form);
    if (error != std::errc() || end != body.data() + body.size()) return {};
    return Value(negative ? -number : number);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Position position_;
  int depth_ = 0;
  bool spaced_ = false;
  LexResult result_;
};

}  // namespace

LexResult lex_template(std::string_view text, Position start) {
  return Lexer(text, start).run();
}

}  // namespace picket::alertd
