#include "tests/tidy/rules/lexer.h"

#include <algorithm>

namespace picket::tidy {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

std::size_t end_or(std::size_t found, std::size_t length, std::size_t size) {
  return found == kNowhere ? size : found + length;
}

/// The end of the quoted literal that opens at `at`.
std::size_t literal_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

/// The end of `R"tag(...)tag"`, whose quote is at `at`.
std::size_t raw_end(std::string_view text, std::size_t at) {
  const std::size_t open = text.find('(', at);
  if (open == kNowhere) return text.size();
  const std::string close = ")" + std::string(text.substr(at + 1, open - at - 1)) + "\"";
  return end_or(text.find(close, open), close.size(), text.size());
}

bool is_digit_separator(std::string_view text, std::size_t at) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return at > 0 && at + 1 < text.size() && is_hex(text[at - 1]) && is_hex(text[at + 1]);
}

enum class Piece { Code, Comment, Literal };

struct Token {
  Piece piece;
  std::size_t end;
};

Token token_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("//")) return {Piece::Comment, end_or(text.find('\n', at), 0, text.size())};
  if (rest.starts_with("/*")) return {Piece::Comment, end_or(text.find("*/", at + 2), 2, text.size())};
  if (text[at] == '"') {
    const bool is_raw = at > 0 && text[at - 1] == 'R';
    return {Piece::Literal, is_raw ? raw_end(text, at) : literal_end(text, at)};
  }
  if (text[at] == '\'' && !is_digit_separator(text, at)) return {Piece::Literal, literal_end(text, at)};
  return {Piece::Code, at + 1};
}

void blank_range(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

}  // namespace

std::string blank(std::string_view text, Blanked what) {
  std::string out(text);
  for (std::size_t at = 0; at < text.size();) {
    const Token token = token_at(text, at);
    if (token.piece == Piece::Comment && what.comments) blank_range(out, at, token.end);
    if (token.piece == Piece::Literal && what.literals && token.end > at + 2) {
      blank_range(out, at + 1, token.end - 1);
    }
    at = token.end;
  }
  return out;
}

}  // namespace picket::tidy
