#include "exporters/health/engine/service_news.h"

namespace picket::health {

namespace {

void log_change(Logger& log, const ServiceNews& news) {
  const Event& event = news.event;
  const std::string_view from = to_string(event.from.value_or(State::Unknown));
  const std::string_view to = to_string(news.state);
  if (news.state != State::Degraded && news.state != State::Down) {
    log.info_of(event.check, "service changed state",
                {{"check", event.check}, {"from", from}, {"to", to}, {"reason", event.reason}});
    return;
  }
  log.warn_of(event.check, "service changed state",
              {{"check", event.check},
               {"from", from},
               {"to", to},
               {"reason", event.reason},
               {"detail", event.message},
               {"recommendation", news.recommendation}});
}

}  // namespace

void log_news(Logger& log, const ServiceNews& news) {
  const Event& event = news.event;
  if (event.to) return log_change(log, news);
  log.warn("probe failed", {{"check", event.check},
                            {"state", to_string(news.state)},
                            {"consecutive_failures", news.failures_in_row},
                            {"reason", event.reason},
                            {"detail", event.message},
                            {"recommendation", news.recommendation}});
}

}  // namespace picket::health
