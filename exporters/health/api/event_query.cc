#include "exporters/health/api/event_query.h"

#include "base/text/numbers.h"
#include "base/time/timestamp.h"

namespace picket::health {

namespace {

constexpr std::int64_t kMaxLimit = 1000;
constexpr std::int64_t kMaxOffset = 1'000'000;

Failure wrong(std::string_view parameter, std::string_view want) {
  return fail(ErrorKind::InvalidInput, fmt::format("{} must be {}", parameter, want));
}

Result<void> read_time(const Target& target, std::string_view name, std::optional<WallTime>& out) {
  const std::string* text = target.param(name);
  if (text == nullptr) return {};
  const Result<WallTime> time = parse_rfc3339(*text);
  if (!time) return wrong(name, "a time such as 2026-11-21T10:00:00Z");
  out = *time;
  return {};
}

struct Bounds {
  std::int64_t min = 0, max = 0;
};

template <class T>
Result<void> read_number(const Target& target, std::string_view name, Bounds bounds, T& out) {
  const std::string* text = target.param(name);
  if (text == nullptr) return {};
  const Result<std::int64_t> number = parse_int(*text);
  if (!number || *number < bounds.min || *number > bounds.max) {
    return wrong(name, fmt::format("a number between {} and {}", bounds.min, bounds.max));
  }
  out = static_cast<T>(*number);
  return {};
}

}  // namespace

Result<EventFilter> parse_event_filter(const Target& target) {
  EventFilter filter;
  if (const std::string* check = target.param("check")) filter.check = *check;
  if (const std::string* state = target.param("state")) {
    filter.to = parse_state(*state);
    if (!filter.to) return wrong("state", "operational, degraded, down, unknown or maintenance");
  }
  std::int64_t cursor = -1;
  for (const Result<void>& read :
       {read_time(target, "since", filter.since), read_time(target, "until", filter.until),
        read_number(target, "limit", {1, kMaxLimit}, filter.limit),
        read_number(target, "offset", {0, kMaxOffset}, filter.offset),
        read_number(target, "cursor", {0, std::numeric_limits<std::int64_t>::max()}, cursor)}) {
    if (!read) return fail(read);
  }
  if (cursor >= 0) filter.before_id = cursor;
  return filter;
}

}  // namespace picket::health
