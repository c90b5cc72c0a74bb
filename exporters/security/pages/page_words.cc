#include "exporters/security/pages/page_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json/json.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "base/web/table.h"
#include "exporters/security/events/event_text.h"

namespace picket::security {
namespace {

using web::Html;
using web::Tone;

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::Critical:
    case Severity::High:
      return Tone::Bad;
    case Severity::Medium:
      return Tone::Warning;
    case Severity::Low:
      return Tone::Info;
    case Severity::Info:
      break;
  }
  return Tone::Neutral;
}

Html small(const Html& content) {
  return web::element("small", {}, content);
}

Html kind_of(const SecurityEvent& event) {
  const Html kind = text_of(words_of(event.kind), kNameMax);
  return event.category.empty() ? kind : kind + small(text_of(words_of(event.category), kNameMax));
}

Html when(const SecurityEvent& event, WallTime now) {
  const std::string exact = format_rfc3339(event.time);
  return web::ago(event.time, now) + small(exact.substr(0, 10) + " " + exact.substr(11, 8));
}

bool is_claimed(const SecurityEvent& event) {
  const auto details = parse_json(event.details);
  return details && details->is_object() && details->value("client_is_claimed", nlohmann::json()) == true;
}

Html who(const SecurityEvent& event) {
  Html account = text_of(event.account, kNameMax);
  if (event.client.empty()) return account;
  const Html client = client_of(event.client, is_claimed(event));
  return event.account.empty() ? client : client + small("as " + account);
}

}  // namespace

Html severity_badge(Severity severity) {
  return web::badge(tone_of(severity), to_string(severity));
}

std::string words_of(std::string_view name) {
  const auto proper =
      std::ranges::find(kProperNames, name, &std::pair<std::string_view, std::string_view>::first);
  if (proper != std::end(kProperNames)) return std::string(proper->second);
  std::string words = replace_all(name, "_", " ");
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z')
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", web::grouped(number), number == 1 ? one : many);
}

Html text_of(std::string_view text, std::size_t max_bytes) {
  return readable_text(text, max_bytes);
}

Html client_of(std::string_view client, bool is_claimed) {
  const Html shown = text_of(client, kNameMax);
  return is_claimed && !client.empty() ? shown + small("claimed") : shown;
}

Html event_table(const std::vector<SecurityEvent>& events, WallTime now) {
  std::vector<web::Row> rows;
  rows.reserve(events.size());
  for (const SecurityEvent& event : events) {
    rows.push_back({when(event, now), severity_badge(event.severity), kind_of(event), text_of(event.summary),
                    who(event), text_of(event.source, kNameMax)});
  }
  using enum web::Cell;
  return web::table({{"When (UTC)", Mark},
                     {"Severity", Mark},
                     {"Kind", Name},
                     "What happened",
                     {"Who", Name},
                     {"Source", Name}},
                    rows, "Events");
}

Html score_badge(const PostureTarget& target) {
  if (!target.score && !target.error.empty()) return web::badge(Tone::Bad, "scan failed");
  if (!target.score) return web::badge(Tone::Neutral, "not scanned yet");
  const double score = std::clamp(*target.score, 0.0, 1.0);
  const Tone tone = score >= 0.9 ? Tone::Good : score >= 0.6 ? Tone::Warning : Tone::Bad;
  return web::badge(tone, fmt::format("{:.0f} %", std::floor(score * 100)));
}

Html masking_note() {
  return web::paragraph(
      web::muted("Addresses and accounts are masked. Callers that web.config.yml authenticates "
                 "(--web.config.file) see them whole."));
}

}  // namespace picket::security
