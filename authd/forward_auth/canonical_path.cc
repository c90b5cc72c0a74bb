#include "authd/forward_auth/canonical_path.h"

#include <algorithm>

#include "authd/names/unicode.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

Failure denied_path(std::string_view why) {
  return fail(ErrorKind::Denied, std::string(why));
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool holds_escape(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 < text.size() && is_hex(text[at + 1]) && is_hex(text[at + 2])) return true;
  }
  return false;
}

bool holds_encoded_slash(std::string_view raw) {
  for (std::size_t at = raw.find('%'); at != std::string_view::npos; at = raw.find('%', at + 1)) {
    if (iequals(raw.substr(at, 3), "%2f")) return true;
  }
  return false;
}

/// C1 controls and the line separators U+2028 and U+2029, in UTF-8.
bool holds_wide_control(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (text[i] == '\xc2' && second < 0xa0) return true;
    if (text.substr(i, 3) == "\xe2\x80\xa8" || text.substr(i, 3) == "\xe2\x80\xa9") return true;
  }
  return false;
}

bool holds_control(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return std::ranges::any_of(text, is_control) || holds_wide_control(text);
}

Result<std::string> in_form_c(std::string text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(text, is_ascii)) return text;
  const auto points = decode_utf8(text);
  if (!points) return denied_path("the path is not valid UTF-8");
  return encode_utf8(to_nfc(*points));
}

Result<void> check_segments(std::string_view path) {
  const auto segments = split(path.substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].empty() && i + 1 < segments.size()) return denied_path("the path holds an empty segment");
    if (segments[i] == "." || segments[i] == "..") return denied_path("the path holds a dot segment");
  }
  return {};
}

}  // namespace

Result<std::string> canonical_path(std::string_view raw) {
  if (!raw.starts_with('/')) return denied_path("the path does not begin with a slash");
  if (std::ranges::any_of(raw, is_blank_or_control)) return denied_path("the path holds a control character");
  if (raw.find('#') != std::string_view::npos) return denied_path("the path holds a fragment");
  if (holds_encoded_slash(raw)) return denied_path("the path holds an encoded slash");
  auto decoded = percent_decode(raw);
  if (!decoded) return denied_path("the path holds a broken escape");
  // Form C first: it turns U+037E into a semicolon.
  auto path = in_form_c(std::move(*decoded));
  if (!path) return fail(path);
  if (holds_control(*path)) return denied_path("the path holds a control character");
  if (path->find('\\') != std::string::npos) return denied_path("the path holds a backslash");
  if (path->find(';') != std::string::npos) return denied_path("the path holds a semicolon");
  if (holds_escape(*path)) return denied_path("the path is encoded twice");
  const auto checked = check_segments(*path);
  if (!checked) return fail(checked);
  return path;
}

}  // namespace picket::authd
