#include "alertd/delivery/delivery_metrics.h"

namespace picket::alertd {
namespace {

prometheus::Labels labels_of(const std::string& receiver, std::string_view integration) {
  return {{"receiver", receiver}, {"integration", std::string(integration_kind(integration))}};
}

const prometheus::Histogram::BucketBoundaries& latency_buckets() {
  static const prometheus::Histogram::BucketBoundaries buckets{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  return buckets;
}

}  // namespace

DeliveryMetrics::DeliveryMetrics(MetricRegistry& registry)
    : notifications_(
          registry.counter("alertd_notification_attempts_total", "Tries to deliver a notification.")),
      failures_(registry.counter("alertd_notification_attempt_failures_total",
                                 "Tries that did not deliver, by what follows (retry, permanent).")),
      abandoned_(registry.counter("alertd_notifications_abandoned_total",
                                  "Notifications given up (permanent, expired, receiver_gone).")),
      latency_(registry.histogram("alertd_notification_attempt_duration_seconds", "Time of one try.")),
      pending_(
          registry.gauge("alertd_outbox_pending", "Notifications that wait for delivery or are under way.")
              .Add({})),
      oldest_(registry
                  .gauge("alertd_outbox_oldest_pending_timestamp_seconds",
                         "Unix time at which the oldest waiting notification was made; 0 when none waits.")
                  .Add({})),
      store_failures_(
          registry
              .counter("alertd_outbox_store_failures_total", "Reads and writes of the outbox that failed.")
              .Add({})) {}

void DeliveryMetrics::attempted(const std::string& receiver, std::string_view integration,
                                const DeliveryResult& result) {
  const prometheus::Labels labels = labels_of(receiver, integration);
  notifications_.Add(labels).Increment();
  latency_.Add(labels, latency_buckets()).Observe(seconds(result.latency));
  if (result.outcome == DeliveryOutcome::Delivered) return;
  prometheus::Labels failed = labels;
  failed["reason"] = std::string(to_string(result.outcome));
  failures_.Add(failed).Increment();
}

void DeliveryMetrics::gave_up(const std::string& receiver, std::string_view integration,
                              std::string_view reason) {
  prometheus::Labels labels = labels_of(receiver, integration);
  labels["reason"] = std::string(reason);
  abandoned_.Add(labels).Increment();
}

void DeliveryMetrics::depth(double pending, double oldest_timestamp_seconds) {
  pending_.Set(pending);
  oldest_.Set(oldest_timestamp_seconds);
}

void DeliveryMetrics::store_failed() {
  store_failures_.Increment();
}

void DeliveryMetrics::declare(const std::string& receiver, std::string_view integration) {
  const prometheus::Labels labels = labels_of(receiver, integration);
  notifications_.Add(labels);
  latency_.Add(labels, latency_buckets());
  for (const char* reason : {"retry", "permanent"}) {
    prometheus::Labels with_reason = labels;
    with_reason["reason"] = reason;
    failures_.Add(with_reason);
  }
  for (const char* reason : {"permanent", "expired", "receiver_gone"}) {
    prometheus::Labels with_reason = labels;
    with_reason["reason"] = reason;
    abandoned_.Add(with_reason);
  }
}

}  // namespace picket::alertd
