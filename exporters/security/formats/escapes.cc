#include "exporters/security/formats/escapes.h"

#include <array>
#include <optional>

namespace picket::security {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<unsigned> hex_number(std::string_view digits) {
  unsigned number = 0;
  for (const char c : digits) {
    const int digit = hex_digit(c);
    if (digit < 0) return std::nullopt;
    number = number * 16 + static_cast<unsigned>(digit);
  }
  return number;
}

void add_utf8(unsigned point, TextArena& arena) {
  const auto byte = [&](unsigned value) { arena.add(static_cast<char>(value)); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xC0U | (point >> 6U));
  } else {
    byte(0xE0U | (point >> 12U));
    byte(0x80U | ((point >> 6U) & 0x3FU));
  }
  byte(0x80U | (point & 0x3FU));
}

/// The byte that the letter after a backslash stands for.
std::optional<char> short_escape(char letter) {
  constexpr std::array<std::array<char, 2>, 9> kLetters{{{'"', '"'},
                                                         {'\\', '\\'},
                                                         {'/', '/'},
                                                         {'n', '\n'},
                                                         {'r', '\r'},
                                                         {'t', '\t'},
                                                         {'b', '\b'},
                                                         {'f', '\f'},
                                                         {'v', '\v'}}};
  for (const auto& [name, byte] : kLetters) {
    if (name == letter) return byte;
  }
  return std::nullopt;
}

/// Undoes the escape at the beginning of `text`. How long it is; 0 when it is not one.
std::size_t undo_one(Escapes escapes, std::string_view text, TextArena& arena) {
  constexpr std::size_t kHexEscape = 4, kJsonEscape = 6;
  if (text.size() >= kHexEscape && text[1] == 'x' && escapes != Escapes::Json) {
    const auto byte = hex_number(text.substr(2, 2));
    if (!byte) return 0;
    arena.add(static_cast<char>(*byte));
    return kHexEscape;
  }
  if (escapes == Escapes::Nginx || text.size() < 2) return 0;
  if (text.size() >= kJsonEscape && text[1] == 'u' && escapes == Escapes::Json) {
    const auto point = hex_number(text.substr(2, 4));
    if (!point) return 0;
    add_utf8(*point, arena);
    return kJsonEscape;
  }
  const auto byte = short_escape(text[1]);
  if (!byte) return 0;
  arena.add(*byte);
  return 2;
}

}  // namespace

std::string_view undo_escapes(Escapes escapes, std::string_view text, TextArena& arena) {
  std::size_t at = escapes == Escapes::None ? std::string_view::npos : text.find('\\');
  if (at == std::string_view::npos) return text;
  const std::size_t mark = arena.mark();
  while (at != std::string_view::npos) {
    arena.add(text.substr(0, at));
    text.remove_prefix(at);
    std::size_t length = undo_one(escapes, text, arena);
    if (length == 0) {
      arena.add('\\');
      length = 1;
    }
    text.remove_prefix(length);
    at = text.find('\\');
  }
  arena.add(text);
  return arena.since(mark);
}

}  // namespace picket::security
