#include "exporters/security/events/event_text.h"

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::security {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kDetailsMax = 8192;  // bytes
constexpr std::size_t kDetailMax = 1024;   // of one text in them
constexpr JsonLimits kDetailsLimits{.bytes = kDetailsMax, .depth = 8, .values = 500, .repeated_keys = true};
constexpr std::size_t kCharacterMax = 4;  // bytes of UTF-8

struct Limited {
  std::string SecurityEvent::*field;
  std::size_t max;  ///< bytes
};
constexpr Limited kLimited[] = {{&SecurityEvent::id, 200},      {&SecurityEvent::source, 200},
                                {&SecurityEvent::kind, 64},     {&SecurityEvent::category, 64},
                                {&SecurityEvent::client, 64},   {&SecurityEvent::account, kAccountMax},
                                {&SecurityEvent::summary, 1024}};

/// Bytes of the character at the beginning when it shows as nothing or changes how its neighbours are shown:
/// C1 controls, zero-width and bidirectional marks, separators, the byte order mark; else 0. `text` is valid
/// UTF-8.
std::size_t invisible_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  if (byte(0) == 0xc2 && byte(1) < 0xa0) return 2;
  if (byte(0) == 0xd8 && byte(1) == 0x9c) return 2;                     // U+061C
  if (byte(0) == 0xef && byte(1) == 0xbb && byte(2) == 0xbf) return 3;  // U+FEFF
  if (byte(0) != 0xe2) return 0;
  const unsigned point = 0x2000U | ((byte(1) & 0x3fU) << 6U) | (byte(2) & 0x3fU);
  const bool is_mark = point == 0x200b || point == 0x200e || point == 0x200f;
  const bool is_separator = point >= 0x2028 && point <= 0x202e;
  const bool is_direction = point >= 0x2060 && point <= 0x206f;
  return is_mark || is_separator || is_direction ? 3 : 0;
}

using Json = nlohmann::ordered_json;

void cut_texts(Json& value) {
  if (value.is_string()) value = readable_text(value.get_ref<const std::string&>(), kDetailMax);
  if (!value.is_structured()) return;
  for (auto& member : value) cut_texts(member);
}

std::string readable_details(const std::string& details) {
  Result<Json> json = parse_ordered_json(details, kDetailsLimits);
  if (!json || !json->is_object()) return to_json(Json{{"unreadable", readable_text(details, kDetailMax)}});
  cut_texts(*json);
  std::string text = escape_invisible(to_json(*json));
  if (text.size() > 2 * kDetailsMax) return to_json(Json{{"left_out", "details were too long"}});
  return text;
}

}  // namespace

std::string readable_text(std::string_view text, std::size_t max) {
  const std::string whole = repair_utf8(text.substr(0, max + kCharacterMax));
  const std::string_view rest = whole;
  std::string out;
  out.reserve(whole.size());
  for (std::size_t at = 0; at < rest.size();) {
    const char c = rest[at];
    const std::size_t invisible = invisible_at(rest.substr(at));
    if (c == '\n' || c == '\r' || c == '\t') {
      out += ' ';
    } else if (invisible > 0 || is_control(c)) {
      out += kReplacement;
    } else {
      out += c;
    }
    at += invisible > 0 ? invisible : 1;
  }
  return truncate(out, max);
}

void shorten(SecurityEvent& event) {
  for (const Limited& limited : kLimited) {
    std::string& field = event.*limited.field;
    if (field.size() <= limited.max + kCharacterMax) continue;
    field = field.substr(0, limited.max + kCharacterMax);  // a new text: the memory of the old one goes
  }
  if (event.details.size() > kDetailsMax)
    event.details = std::string(R"({"left_out":"details were too long"})");
}

SecurityEvent readable(const SecurityEvent& event) {
  SecurityEvent out = event;
  for (const Limited& limited : kLimited)
    out.*limited.field = readable_text(event.*limited.field, limited.max);
  out.details = readable_details(event.details);
  return out;
}

}  // namespace picket::security
