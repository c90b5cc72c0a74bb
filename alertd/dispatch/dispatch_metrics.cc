#include "alertd/dispatch/dispatch_metrics.h"

namespace picket::alertd {

DispatchMetrics::DispatchMetrics(MetricRegistry& registry)
    : firing_(registry.gauge("alertd_alerts_firing", "Alerts that fire now.").Add({})),
      groups_(registry.gauge("alertd_alert_groups", "Groups of alerts that are open now.").Add({})),
      queued_(registry.counter("alertd_notifications_queued_total", "Notifications put into the outbox.")
                  .Add({})),
      superseded_(registry
                      .counter("alertd_notifications_superseded_total",
                               "Notifications that still waited when one that says more took their place.")
                      .Add({})),
      flush_failures_(registry
                          .counter("alertd_group_flush_failures_total",
                                   "Flushes of a group that came to nothing; the group stays due.")
                          .Add({})),
      inhibited_(
          registry
              .counter("alertd_alerts_inhibited_total", "Firing alerts left out of a flush by inhibition.")
              .Add({})),
      muted_groups_(registry
                        .counter("alertd_group_flushes_muted_total",
                                 "Flushes that said nothing because of a time interval.")
                        .Add({})),
      render_failures_(
          registry
              .counter("alertd_notification_render_failures_total",
                       "Texts of notifications whose templates failed; the error stands in their place.")
              .Add({})),
      store_failures_(registry
                          .counter("alertd_dispatch_store_failures_total",
                                   "Transactions of alerts and groups that failed; tried again.")
                          .Add({})) {}

void DispatchMetrics::open(std::size_t firing, std::size_t groups) {
  firing_.Set(static_cast<double>(firing));
  groups_.Set(static_cast<double>(groups));
}

void DispatchMetrics::queued(std::size_t deliveries) {
  queued_.Increment(static_cast<double>(deliveries));
}

void DispatchMetrics::flush_failed() {
  flush_failures_.Increment();
}

void DispatchMetrics::superseded(std::size_t messages) {
  superseded_.Increment(static_cast<double>(messages));
}

void DispatchMetrics::suppressed(std::size_t inhibited, bool muted_by_time) {
  inhibited_.Increment(static_cast<double>(inhibited));
  if (muted_by_time) muted_groups_.Increment();
}

void DispatchMetrics::render_failed(std::size_t count) {
  render_failures_.Increment(static_cast<double>(count));
}
void DispatchMetrics::store_failed() {
  store_failures_.Increment();
}

}  // namespace picket::alertd
