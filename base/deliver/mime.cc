#include "base/deliver/mime.h"

#include <algorithm>

#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::size_t kLineMax = 76;
constexpr std::string_view kWordStart = "=?UTF-8?";
constexpr std::size_t kWordFrame = 12;  // "=?UTF-8?Q?" and "?="
constexpr std::size_t kWordMax = 75;    // RFC 2047 2
constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_printable(char c) {
  return c >= 0x20 && c < 0x7F;
}

// More than half is not ASCII: then base64 is shorter, else quoted-printable is fit to be read as it is.
bool is_mostly_foreign(std::string_view text) {
  const auto foreign =
      std::ranges::count_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  return static_cast<std::size_t>(foreign) * 2 > text.size();
}

void append_hex(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += {'=', kHex[byte >> 4U], kHex[byte & 0xFU]};
}

// RFC 2047 4.2 with the set that 5 (3) allows in a phrase, so that it fits everywhere.
std::string q_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("!*+-/").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '_';
    } else {
      append_hex(out, c);
    }
  }
  return out;
}

std::size_t character_length(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80) ++length;
  return length;
}

// How many octets of `text` make an encoded word of at most `room` octets; whole characters, at least one.
std::size_t fitting(std::string_view text, std::size_t room, bool base64) {
  std::size_t taken = 0;
  std::size_t length = 0;
  while (taken < text.size()) {
    const std::size_t step = character_length(text.substr(taken));
    const std::size_t q_length = length + q_encode(text.substr(taken, step)).size();
    const std::size_t encoded = base64 ? (taken + step + 2) / 3 * 4 : q_length;
    if (taken > 0 && encoded + kWordFrame > room) break;
    taken += step;
    length = q_length;
  }
  return taken;
}

// Appends encoded words, starting at `column` of the current line. Answers the column after them.
std::size_t append_words(std::string& out, std::string_view text, std::size_t column) {
  const bool base64 = is_mostly_foreign(text);
  while (!text.empty()) {
    const std::size_t room = std::min(kWordMax, kLineMax - std::min(column, kLineMax));
    const std::size_t count = fitting(text, room, base64);
    const std::string_view piece = text.substr(0, count);
    const std::string word = fmt::format("{}{}?{}?=", kWordStart, base64 ? 'B' : 'Q',
                                         base64 ? base64_encode(piece) : q_encode(piece));
    out += word;
    column += word.size();
    text.remove_prefix(count);
    if (text.empty()) break;
    out += "\r\n ";
    column = 1;
  }
  return column;
}

bool needs_words(std::string_view value) {
  if (!std::ranges::all_of(value, is_printable) || value.find("=?") != std::string_view::npos) return true;
  return std::ranges::any_of(split(value, ' '),
                             [](std::string_view word) { return word.size() > kLineMax - 1; });
}

void append_folded(std::string& out, std::string_view value, std::size_t column) {
  bool first = true;
  for (const std::string_view word : split(value, ' ')) {
    if (!first && !word.empty() && column + 1 + word.size() > kLineMax) {
      out += "\r\n ";
      column = 1;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
  }
}

bool is_atoms(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return is_printable(c) && std::string_view("()<>[]:;@\\,.\"").find(c) == std::string_view::npos;
  });
}

std::string quote(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

// Appends one mailbox; answers the column after it.
std::size_t append_mailbox(std::string& out, const Mailbox& mailbox, std::size_t column) {
  const std::string name = one_line(mailbox.name);
  const std::string address = name.empty() ? mailbox.address : fmt::format("<{}>", mailbox.address);
  if (!name.empty() && needs_words(name)) {
    column = append_words(out, name, column);
  } else if (!name.empty()) {
    const std::string shown = is_atoms(name) ? name : quote(name);
    out += shown;
    column += shown.size();
  }
  if (!name.empty()) {
    const bool fold = column + 1 + address.size() > kLineMax;
    out += fold ? "\r\n " : " ";
    column = fold ? 1 : column + 1;
  }
  out += address;
  return column + address.size();
}

std::string crlf_lines(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool carriage_return = text[i] == '\r';
    if (!carriage_return && text[i] != '\n') {
      out += text[i];
      continue;
    }
    if (carriage_return && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    out += "\r\n";
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

bool is_7bit(std::string_view crlf_text) {
  std::size_t column = 0;
  for (const char c : crlf_text) {
    const bool plain = is_printable(c) || c == '\t' || c == '\r' || c == '\n';
    column = c == '\n' ? 0 : column + 1;
    if (!plain || column > kLineMax + 1) return false;  // the carriage return counts as a column
  }
  return true;
}

// One line in soft lines of at most 76 octets (RFC 2045 6.7); blanks at its end are encoded.
void append_quoted_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool blank = (c == ' ' || c == '\t') && i + 1 < line.size();
    const bool plain = blank || (c > 0x20 && c < 0x7F && c != '=');
    const std::size_t width = plain ? 1 : 3;
    if (column + width > kLineMax - 1) {
      out += "=\r\n";
      column = 0;
    }
    column += width;
    if (plain) {
      out += c;
    } else {
      append_hex(out, c);
    }
  }
}

std::string base64_lines(std::string_view text) {
  const std::string encoded = base64_encode(text);
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); i += kLineMax) out.append(encoded, i, kLineMax).append("\r\n");
  return out;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out = repair_utf8(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F') c = ' ';
  }
  return std::string(trim(out));
}

std::string unstructured_field(std::string_view name, std::string_view value) {
  const std::string clean = one_line(value);
  std::string out = fmt::format("{}: ", name);
  if (needs_words(clean)) {
    append_words(out, clean, out.size());
  } else {
    append_folded(out, clean, out.size());
  }
  return out += "\r\n";
}

std::string address_field(std::string_view name, const std::vector<Mailbox>& mailboxes) {
  std::string out = fmt::format("{}: ", name);
  std::size_t column = out.size();
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    std::string one;
    const std::size_t end = append_mailbox(one, mailboxes[i], column + 1);
    const bool fold = i > 0 && (end + 1 > kLineMax || one.find('\n') != std::string::npos);
    if (fold) {
      out += "\r\n ";
      one.clear();
      column = append_mailbox(one, mailboxes[i], 1);
    } else {
      if (i > 0) out += ' ';
      one.clear();
      column = append_mailbox(one, mailboxes[i], i > 0 ? column + 1 : column);
    }
    out += one;
    if (i + 1 < mailboxes.size()) {
      out += ',';
      ++column;
    }
  }
  return out += "\r\n";
}

std::string id_field(std::string_view name, std::string_view id) {
  const bool fold = name.size() + id.size() + 4 > kLineMax;
  return fmt::format("{}:{} <{}>\r\n", name, fold ? "\r\n" : "", id);
}

std::string quoted_printable(std::string_view crlf_text) {
  std::string out;
  for (;;) {
    const std::size_t end = crlf_text.find("\r\n");
    append_quoted_line(out, crlf_text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += "\r\n";
    crlf_text.remove_prefix(end + 2);
  }
}

EncodedBody encode_body(std::string_view text) {
  const std::string lines = crlf_lines(repair_utf8(text));
  if (is_7bit(lines)) return {"7bit", lines};
  if (is_mostly_foreign(lines)) return {"base64", base64_lines(lines)};
  return {"quoted-printable", quoted_printable(lines)};
}

}  // namespace picket
