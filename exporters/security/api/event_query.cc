#include "exporters/security/api/event_query.h"

#include <algorithm>

#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/time/timestamp.h"
#include "exporters/security/events/masking.h"

namespace picket::security {
namespace {

constexpr std::int64_t kLimitMax = 1000;
constexpr std::size_t kFilterMax = 256;  // bytes
constexpr std::int64_t kMillisMax = 9'000'000'000'000;

Failure wrong(std::string_view parameter, std::string_view want) {
  return fail(ErrorKind::InvalidInput, fmt::format("{} must be {}", parameter, want));
}

/// Null when it is not there, or empty, as a form sends it.
const std::string* given(const Target& target, std::string_view name) {
  const std::string* text = target.param(name);
  return text == nullptr || text->empty() ? nullptr : text;
}

Result<void> read_text(const Target& target, std::string_view name, std::string& out) {
  const std::string* text = given(target, name);
  if (text == nullptr) return {};
  if (text->size() > kFilterMax || !is_valid_utf8(*text) || text->find('\0') != std::string::npos)
    return wrong(name, fmt::format("text in UTF-8 of at most {} bytes", kFilterMax));
  out = *text;
  return {};
}

Result<void> read_time(const Target& target, std::string_view name, std::optional<WallTime>& out) {
  const std::string* text = given(target, name);
  if (text == nullptr) return {};
  // What a browser's field for a time sends has no zone.
  constexpr std::size_t kToMinutes = 16, kToSeconds = 19;
  const char* zone = text->size() == kToMinutes ? ":00Z" : text->size() == kToSeconds ? "Z" : "";
  const Result<WallTime> time = parse_rfc3339(*text + zone);
  if (!time) return wrong(name, "a time such as 2026-11-21T10:00:00Z");
  out = *time;
  return {};
}

Result<void> read_severity(const Target& target, EventFilter& filter) {
  const std::string* text = given(target, "severity");
  if (text == nullptr) return {};
  filter.severity = parse_severity(*text);
  if (!filter.severity) return wrong("severity", "info, low, medium, high or critical");
  return {};
}

Result<void> read_client(const Target& target, bool sees_all, EventFilter& filter) {
  const std::string* text = given(target, "client");
  if (text == nullptr) return {};
  Result<Cidr> network = Cidr::parse(*text);
  if (!network) return wrong("client", "an address or a network such as 203.0.113.0/24");
  if (!sees_all) network->prefix = std::min(network->prefix, masked_prefix(network->network));
  filter.client = *network;
  return {};
}

Result<void> read_account(const Target& target, bool sees_all, EventFilter& filter) {
  if (!sees_all && given(target, "account") != nullptr)
    return fail(ErrorKind::Denied, "account is for callers that web.config.yml has authenticated");
  return read_text(target, "account", filter.account);
}

Result<void> read_limit(const Target& target, EventFilter& filter) {
  const std::string* text = given(target, "limit");
  if (text == nullptr) return {};
  const Result<std::int64_t> number = parse_int(*text);
  if (!number || *number < 1 || *number > kLimitMax)
    return wrong("limit", fmt::format("a number between 1 and {}", kLimitMax));
  filter.limit = static_cast<std::size_t>(*number);
  return {};
}

Result<void> read_cursor(const Target& target, EventFilter& filter) {
  const std::string* text = given(target, "cursor");
  if (text == nullptr) return {};
  const std::string_view whole = *text;
  const std::size_t dash = whole.find('-', 1);  // the time may be before 1970
  if (dash == std::string_view::npos) return wrong("cursor", "next_cursor of an answer");
  const Result<std::int64_t> time = parse_int(whole.substr(0, dash));
  const Result<std::int64_t> number = parse_int(whole.substr(dash + 1));
  if (!time || !number || *time < -kMillisMax || *time > kMillisMax || *number < 0)
    return wrong("cursor", "next_cursor of an answer");
  filter.before = EventCursor{*time, *number};
  return {};
}

}  // namespace

bool sees_everything(const Request& request) {
  return !request.user.empty() || request.has_verified_certificate;
}

Result<EventFilter> parse_event_filter(const Target& target, bool sees_all) {
  EventFilter filter;
  for (const Result<void>& read :
       {read_time(target, "from", filter.from), read_time(target, "to", filter.to),
        read_text(target, "source", filter.source), read_text(target, "kind", filter.kind),
        read_text(target, "category", filter.category), read_severity(target, filter),
        read_client(target, sees_all, filter), read_account(target, sees_all, filter),
        read_text(target, "text", filter.text), read_limit(target, filter), read_cursor(target, filter)}) {
    if (!read) return fail(read);
  }
  if (filter.from && filter.to && *filter.from >= *filter.to) return wrong("from", "before to");
  filter.text_masked = !sees_all;
  return filter;
}

std::string to_string(const EventCursor& cursor) {
  return fmt::format("{}-{}", cursor.time_ms, cursor.number);
}

}  // namespace picket::security
