#include "base/detect/readings.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace picket {
namespace {

constexpr std::size_t kRunsMax = 4;
constexpr std::size_t kRunMin = 16;

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// A character that was written as `length` bytes of the text; length 0 is none.
struct Escape {
  std::uint32_t character = 0;
  std::size_t length = 0;
  bool is_byte = false;  ///< a byte of its own, not a character
};

/// At least one digit and at most `digits_max`.
Escape read_number(std::string_view text, std::size_t at, int base, std::size_t digits_max) {
  Escape number;
  while (number.length < digits_max && at + number.length < text.size()) {
    const int digit = digit_of(text[at + number.length]);
    if (digit < 0 || digit >= base) break;
    number.character =
        number.character * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
    ++number.length;
  }
  return number;
}

/// `prefix` bytes and then exactly `digits` hexadecimal digits.
Escape read_hex(std::string_view text, std::size_t prefix, std::size_t digits) {
  Escape number = read_number(text, prefix, 16, digits);
  if (number.length != digits) return {};
  number.length += prefix;
  return number;
}

Escape read_percent(std::string_view text) {
  if (byte_at(text, 1) == 'u' || byte_at(text, 1) == 'U') return read_hex(text, 2, 4);
  Escape found = read_hex(text, 1, 2);
  found.is_byte = true;
  return found;
}

Escape read_backslash(std::string_view text) {
  if (text.starts_with("\\x")) return read_hex(text, 2, 2);
  if (!text.starts_with("\\u")) return {};
  if (byte_at(text, 2) != '{') return read_hex(text, 2, 4);
  Escape found = read_number(text, 3, 16, 6);
  if (found.length == 0 || byte_at(text, 3 + found.length) != '}') return {};
  found.length += 4;
  return found;
}

constexpr auto kEntities = std::to_array<std::pair<std::string_view, char>>({
    {"lt", '<'},     {"gt", '>'},    {"amp", '&'},    {"quot", '"'},   {"apos", '\''},  {"colon", ':'},
    {"lpar", '('},   {"rpar", ')'},  {"sol", '/'},    {"bsol", '\\'},  {"tab", '\t'},   {"newline", '\n'},
    {"semi", ';'},   {"comma", ','}, {"period", '.'}, {"equals", '='}, {"grave", '`'},  {"plus", '+'},
    {"num", '#'},    {"excl", '!'},  {"dollar", '$'}, {"lbrace", '{'}, {"rbrace", '}'}, {"lcub", '{'},
    {"rcub", '}'},   {"lsqb", '['},  {"rsqb", ']'},   {"percnt", '%'}, {"ast", '*'},    {"lowbar", '_'},
    {"commat", '@'}, {"vert", '|'},  {"hat", '^'},    {"quest", '?'},  {"nbsp", ' '},
});

Escape read_entity(std::string_view text) {
  if (byte_at(text, 1) != '#') {
    const std::size_t end = text.substr(0, 10).find(';');
    if (end == std::string_view::npos) return {};
    const auto is_named = [&](const auto& entity) {
      return std::ranges::equal(entity.first, text.substr(1, end - 1),
                                [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
    };
    const auto* const entity = std::ranges::find_if(kEntities, is_named);
    if (entity == kEntities.end()) return {};
    return {static_cast<std::uint32_t>(entity->second), end + 1, false};
  }
  const bool is_hex = (byte_at(text, 2) | 0x20) == 'x';
  const std::size_t prefix = is_hex ? 3 : 2;
  Escape found = read_number(text, prefix, is_hex ? 16 : 10, 9);
  if (found.length == 0) return {};
  found.length += prefix;
  if (byte_at(text, found.length) == ';') ++found.length;
  return found;
}

/// A character of two or three bytes, also where one byte would have said it.
Escape read_utf8(std::string_view text) {
  const std::uint32_t first = byte_at(text, 0);
  const std::uint32_t second = byte_at(text, 1);
  const std::uint32_t third = byte_at(text, 2);
  if ((second & 0xC0) != 0x80) return {};
  if (first < 0xE0) return {(first & 0x1F) << 6 | (second & 0x3F), 2, false};
  if ((third & 0xC0) != 0x80) return {};
  return {(first & 0x0F) << 12 | (second & 0x3F) << 6 | (third & 0x3F), 3, false};
}

Escape read_escape(std::string_view text) {
  switch (static_cast<std::uint8_t>(text.front())) {
    case '%':
      return read_percent(text);
    case '\\':
      return read_backslash(text);
    case '&':
      return read_entity(text);
    case 0xC0:
    case 0xC1:
    case 0xE0:
    case 0xE2:
    case 0xEF:
      return read_utf8(text);
    default:
      return {};
  }
}

constexpr auto kFolded = std::to_array<std::pair<std::uint32_t, char>>({
    {0x24EA, '0'},
    {0x2215, '/'},
    {0x2044, '/'},
    {0x2216, '\\'},
    {0x2024, '.'},
    {0x2028, '\n'},
    {0x2029, '\n'},
    {0x3002, '.'},
});

std::uint32_t fold(std::uint32_t character) {
  if (character >= 0xFF01 && character <= 0xFF5E) return character - 0xFF01 + 0x21;
  if (character >= 0x2460 && character <= 0x2468) return character - 0x2460 + '1';
  const auto* const folded = std::ranges::find(kFolded, character, &std::pair<std::uint32_t, char>::first);
  return folded == kFolded.end() ? character : static_cast<std::uint32_t>(folded->second);
}

/// As UTF-8, which is never longer than the escape was.
void append_character(std::string& out, std::uint32_t character) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (character < 0x80) return add(character);
  if (character < 0x800) {
    add(0xC0 | character >> 6);
    return add(0x80 | (character & 0x3F));
  }
  if (character > 0xFFFF) return add('?');
  add(0xE0 | character >> 12);
  add(0x80 | (character >> 6 & 0x3F));
  add(0x80 | (character & 0x3F));
}

constexpr int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

constexpr std::uint8_t kLoudByte = 1;
constexpr std::uint8_t kEscapeByte = 2;
constexpr std::uint8_t kRunByte = 4;

constexpr std::array<std::uint8_t, 256> byte_kinds() {
  std::array<std::uint8_t, 256> kinds{};
  for (unsigned byte = 0; byte < kinds.size(); ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_run = base64_digit(c) >= 0;
    if (is_run) kinds[byte] = kRunByte;
    if (!is_run && std::string_view(" .,:=?&@~();[]!*#%").find(c) == std::string_view::npos) {
      kinds[byte] = kLoudByte;
    }
    const bool is_long = byte == 0xC0 || byte == 0xC1 || byte == 0xE0 || byte == 0xE2 || byte == 0xEF;
    if (is_long || c == '%' || c == '&' || c == '\\') kinds[byte] |= kEscapeByte;
  }
  return kinds;
}
constexpr auto kByteKinds = byte_kinds();

bool is_text_byte(std::uint32_t byte) {
  return byte >= 0x20 ? byte != 0x7F : byte == '\t' || byte == '\n' || byte == '\r';
}

/// None when it is not text, of which the first bytes nearly always tell. Text of two bytes a character, as
/// PowerShell takes it, is read without its zeros.
std::optional<std::string> decode_run(std::string_view run) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t zeros = 0;
  std::size_t high = 0;
  for (const char c : run) {
    bits = bits << 6 | static_cast<std::uint32_t>(base64_digit(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const std::uint32_t byte = bits >> count & 0xFF;
    if (byte == 0 && zeros + 1 == out.size()) {
      ++zeros;
      continue;
    }
    if (!is_text_byte(byte)) return std::nullopt;
    high += byte >= 0x80 ? 1 : 0;
    if (high * 4 > out.size() + 4) return std::nullopt;
    out += static_cast<char>(byte);
  }
  return out;
}

}  // namespace

TextShape shape_of(std::string_view text) {
  std::uint8_t seen = 0;
  std::size_t run = 0;
  std::size_t longest = 0;
  for (const char c : text) {
    const std::uint8_t kind = kByteKinds[static_cast<std::uint8_t>(c)];
    seen |= kind;
    run = (kind & kRunByte) != 0 ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return {(seen & kLoudByte) == 0, (seen & kEscapeByte) != 0, longest >= kRunMin};
}

std::string decode_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Escape escape = read_escape(text);
    if (escape.length == 0 || escape.is_byte) {
      out += escape.is_byte && escape.length > 0 ? static_cast<char>(escape.character) : text.front();
    } else {
      append_character(out, fold(escape.character));
    }
    text.remove_prefix(std::max<std::size_t>(escape.length, 1));
  }
  return out;
}

std::vector<std::string> decode_base64_runs(std::string_view text) {
  std::vector<std::string> texts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size() && texts.size() < kRunsMax; ++i) {
    if (i < text.size() && base64_digit(text[i]) >= 0) continue;
    if (i - begin >= kRunMin) {
      auto decoded = decode_run(text.substr(begin, i - begin));
      if (decoded) texts.push_back(std::move(*decoded));
    }
    begin = i + 1;
  }
  return texts;
}

}  // namespace picket
