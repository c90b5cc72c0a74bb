#include "exporters/security/signals/line_work.h"

#include "base/time/timestamp.h"
#include "exporters/security/events/event_text.h"

namespace picket::security {
namespace {

constexpr std::uint32_t kDetectionFactor = 10;  ///< each is said once: there is room for more of them

/// The file's number may be used again: the line's own time tells the two apart.
std::string event_id(const LineWork& work, std::string_view kind, std::string_view category) {
  const LineOrigin& origin = work.origin;
  const std::int64_t time = work.record.time ? unix_millis(*work.record.time) : 0;
  return fmt::format("{}-{:x}-{:x}-{:x}-{:x}-{:x}-{}{}{}", work.source, origin.device, origin.inode,
                     origin.generation, origin.offset, time, kind, category.empty() ? "" : "-", category);
}

std::string summary_of(const LineWork& work, const Beginning& beginning, std::string_view account) {
  if (beginning.of == "account")
    return fmt::format("{} against the account {}", to_string(beginning.kind), account);
  if (beginning.of == "source") return fmt::format("{} by many clients", to_string(beginning.kind));
  return fmt::format("{} by {}", to_string(beginning.kind), text_of(work.client->client));
}

}  // namespace

void add_event(LineWork& work, EventText text) {
  SecurityEvent event;
  event.id = event_id(work, text.kind, text.category);
  event.time = work.time;
  event.source = work.source;
  event.kind = text.kind;
  event.category = text.category;
  event.severity = text.severity;
  if (work.record.client) event.client = work.record.client->unmapped().text();
  event.account = readable_text(work.record.account, kAccountMax);
  event.summary = std::move(text.summary);
  if (work.record.client_is_claimed) text.details["client_is_claimed"] = true;
  event.details = to_json(text.details);
  work.events.push_back(std::move(event));
}

bool begins(LineWork& work, Detected& detected, DetectionKind kind) {
  if (!detected.holds(kind, work.now, work.quiet())) return false;
  ++work.state.counters.detections.at(static_cast<std::size_t>(kind));
  return true;
}

void tell_of_detection(LineWork& work, Beginning beginning) {
  EventBudget& budget = work.state.detection_events.at(static_cast<std::size_t>(beginning.kind));
  if (!budget.take(work.now, kDetectionFactor * work.config.events_per_minute)) {
    ++work.state.counters.other_events_left_out;
    return;
  }
  const std::string account = readable_text(work.record.account, kAccountMax);
  beginning.counts["window_seconds"] = work.window();
  // A client's and an account's brute force may begin with the same line.
  add_event(work, {.kind = to_string(beginning.kind),
                   .category = beginning.of == "account" ? "account" : "",
                   .severity = severity_of(beginning.kind),
                   .summary = summary_of(work, beginning, account),
                   .details = std::move(beginning.counts)});
}

}  // namespace picket::security
