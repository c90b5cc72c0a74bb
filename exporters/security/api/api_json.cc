#include "exporters/security/api/api_json.h"

#include <algorithm>

#include "base/json/json.h"
#include "base/net/ip_address.h"
#include "base/text/escape.h"
#include "base/time/timestamp.h"
#include "exporters/security/api/event_query.h"
#include "exporters/security/events/event_text.h"
#include "exporters/security/events/masking.h"

namespace picket::security {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kKeyMax = 256;  // bytes
constexpr std::size_t kTextMax = 1024;
constexpr std::size_t kMeasureMax = 64;
constexpr std::size_t kEntriesMax = 1000;

/// For a terminal, too.
std::string written(const Json& json) {
  return escape_invisible(to_json(json));
}

Json json_of(const SecurityEvent& event) {
  Result<Json> details = parse_ordered_json(event.details);
  return {{"id", event.id},
          {"time", format_rfc3339(event.time)},
          {"source", event.source},
          {"kind", event.kind},
          {"category", event.category},
          {"severity", to_string(event.severity)},
          {"client", event.client},
          {"account", event.account},
          {"summary", event.summary},
          {"details", details && details->is_object() ? std::move(*details) : Json::object()}};
}

Json json_of(const TopList& list) {
  Json entries = Json::array();
  for (const TopEntry& entry : list.entries)
    entries.push_back(
        {{"key", entry.key}, {"count", entry.count}, {"error", entry.error}, {"claimed", entry.is_claimed}});
  return {{"measure", list.measure}, {"entries", std::move(entries)}};
}

Json json_of(const PostureTarget& target) {
  Json findings = Json::array();
  for (const PostureFinding& finding : target.findings) {
    findings.push_back({{"check", finding.check},
                        {"severity", to_string(finding.severity)},
                        {"summary", readable_text(finding.summary, kTextMax)},
                        {"what_to_do", readable_text(finding.what_to_do, kTextMax)}});
  }
  Json passed = Json::array();
  for (const std::string& check : target.passed) passed.push_back(readable_text(check, kTextMax));
  return {{"target", readable_text(target.target, kKeyMax)},
          {"score", target.score ? Json(*target.score) : Json(nullptr)},
          {"scanned", target.scanned ? Json(format_rfc3339(*target.scanned)) : Json(nullptr)},
          {"error", target.error.empty() ? Json(nullptr) : Json(readable_text(target.error, kTextMax))},
          {"findings", std::move(findings)},
          {"passed", std::move(passed)}};
}

/// "203.0.113.7" of "203.0.113.7/32".
std::string readable_key(const std::string& key) {
  const Result<Cidr> client = Cidr::parse(key);
  if (client && *client == *Cidr::parse(client->network.text())) return client->network.text();
  return readable_text(key, kKeyMax);
}

}  // namespace

TopList readable(const TopList& list) {
  TopList out{.measure = readable_text(list.measure, kMeasureMax), .entries = {}};
  for (const TopEntry& entry : list.entries) {
    if (out.entries.size() == kEntriesMax) break;
    out.entries.push_back({readable_key(entry.key), entry.count, entry.error, entry.is_claimed});
  }
  return out;
}

TopList masked(const TopList& list) {
  const TopList whole = readable(list);
  TopList out{.measure = whole.measure, .entries = {}};
  for (const TopEntry& entry : whole.entries) {
    const std::string key = masked_address(entry.key);
    const auto same = std::ranges::find_if(out.entries, [&](const TopEntry& other) {
      return other.key == key && other.is_claimed == entry.is_claimed;
    });
    if (same == out.entries.end()) {
      out.entries.push_back({key, entry.count, entry.error, entry.is_claimed});
    } else {
      same->count += entry.count;
      same->error += entry.error;
    }
  }
  std::ranges::stable_sort(out.entries, std::greater<>(), &TopEntry::count);
  return out;
}

std::string events_json(const EventPage& page, bool is_masked) {
  Json events = Json::array();
  for (const SecurityEvent& event : page.events) events.push_back(json_of(is_masked ? masked(event) : event));
  return written({{"events", std::move(events)},
                  {"next_cursor", page.next ? Json(to_string(*page.next)) : Json(nullptr)},
                  {"masked", is_masked}});
}

std::string top_json(std::span<const TopList> lists, bool is_masked) {
  Json shown = Json::array();
  for (const TopList& list : lists) shown.push_back(json_of(is_masked ? masked(list) : readable(list)));
  return written({{"lists", std::move(shown)}, {"masked", is_masked}});
}

std::string posture_json(std::span<const PostureTarget> targets) {
  Json list = Json::array();
  for (const PostureTarget& target : targets) list.push_back(json_of(target));
  return written({{"targets", std::move(list)}});
}

}  // namespace picket::security
