#include "tests/support/field_lines.h"

#include <algorithm>
#include <map>

#include "base/files/files.h"
#include "base/text/bytes.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket {
namespace {

const std::map<std::string_view, FieldKind>& kinds() {
  static const std::map<std::string_view, FieldKind> names{{"target", FieldKind::Target},
                                                           {"value", FieldKind::Other},
                                                           {"referer", FieldKind::Referer},
                                                           {"agent", FieldKind::UserAgent}};
  return names;
}

/// As a form sends it.
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += "%" + to_upper(hex_encode(std::string_view(&c, 1)));
    }
  }
  return out;
}

/// "[class field]"; anything else is a line of a block.
bool read_header(std::string_view line, FieldLine& block) {
  if (!line.starts_with('[') || !line.ends_with(']')) return false;
  line = line.substr(1, line.size() - 2);
  const std::size_t blank = std::min(line.find(' '), line.size());
  const auto kind = kinds().find(line.substr(std::min(blank + 1, line.size())));
  if (kind == kinds().end()) return false;
  block.kind = line.substr(0, blank);
  block.where = kind->second;
  return true;
}

}  // namespace

std::string unescape(std::string_view text) {
  static const std::map<char, char> letters{{'n', '\n'}, {'r', '\r'}, {'t', '\t'}};
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
    } else if (const char c = text.at(++i); c == 'x') {
      out += hex_decode(text.substr(i + 1, 2)).value();
      i += 2;
    } else {
      const auto letter = letters.find(c);
      out += letter == letters.end() ? c : letter->second;
    }
  }
  return out;
}

std::vector<FieldLine> field_lines(const std::string& name) {
  const RealFiles files;
  const std::string text =
      files.read(std::string(PICKET_SOURCE_DIR "/tests/base/detect/") + name, 1_MiB).value_or("");
  std::vector<FieldLine> lines;
  FieldLine block;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty() || line.starts_with("# ") || read_header(line, block)) continue;
    FieldLine next = block;
    next.line = line;
    next.field = unescape(line);
    if (block.where == FieldKind::Other) {
      next.field = "/search?q=" + encoded(next.field);
      next.where = FieldKind::Target;
    }
    lines.push_back(std::move(next));
  }
  return lines;
}

}  // namespace picket
