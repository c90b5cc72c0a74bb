#include "exporters/security/events/event_metrics.h"

#include <functional>

#include "base/time/timestamp.h"

namespace picket::security {
namespace {

constexpr const char* kDeleted = "security_events_deleted_total";
constexpr const char* kDeletedHelp = "Events deleted from the store (age, count).";
constexpr const char* kDropped = "security_events_dropped_total";
constexpr const char* kDroppedHelp = "Events never stored (queue_full, refused by the database).";

prometheus::Gauge& gauge(MetricRegistry& registry, const char* name, const char* help) {
  return registry.gauge(name, help).Add({});
}

}  // namespace

EventMetrics::EventMetrics(MetricRegistry& registry)
    : up_(gauge(registry, "security_event_store_up", "1 if the event store takes writes.")),
      last_write_(gauge(registry, "security_event_store_last_write_timestamp_seconds",
                        "Unix time events were last made durable.")),
      waiting_(gauge(registry, "security_events_waiting", "Events not stored yet.")),
      stored_(gauge(registry, "security_events_stored", "Events in the store.")),
      written_(registry.counter("security_events_written_total", "Events stored, each once.").Add({})),
      by_age_(registry.counter(kDeleted, kDeletedHelp).Add({{"reason", "age"}})),
      by_count_(registry.counter(kDeleted, kDeletedHelp).Add({{"reason", "count"}})),
      queue_full_(registry.counter(kDropped, kDroppedHelp).Add({{"reason", "queue_full"}})),
      refused_(registry.counter(kDropped, kDroppedHelp).Add({{"reason", "refused"}})) {
  auto& failures = registry.counter("security_event_store_failures_total",
                                    "Failures to open, write, read or trim the event store.");
  for (const std::string_view reason :
       {"unavailable", "timeout", "conflict", "corrupt", "denied", "internal"})
    failures_.emplace(reason, &failures.Add({{"reason", std::string(reason)}}));
}

void EventMetrics::waiting(std::size_t events) {
  waiting_.Set(static_cast<double>(events));
}

void EventMetrics::stored(std::int64_t events) {
  stored_.Set(static_cast<double>(events));
}

void EventMetrics::written(std::int64_t events, WallTime at) {
  written_.Increment(static_cast<double>(events));
  last_write_.Set(unix_seconds(at));
}

void EventMetrics::deleted_by_age(std::int64_t events) {
  by_age_.Increment(static_cast<double>(events));
}

void EventMetrics::deleted_by_count(std::int64_t events) {
  by_count_.Increment(static_cast<double>(events));
}

void EventMetrics::dropped_by_full_queue() {
  queue_full_.Increment();
}

void EventMetrics::dropped_by_database() {
  refused_.Increment();
}

void EventMetrics::up(bool is_up) {
  up_.Set(is_up ? 1 : 0);
}

void EventMetrics::failed(const Error& error) {
  const auto known = failures_.find(to_string(error.kind));
  (known != failures_.end() ? known : failures_.find("internal"))->second->Increment();
}

}  // namespace picket::security
