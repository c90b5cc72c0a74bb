// What is told of a service: a change of its state, or a failed probe that changed nothing.
#pragma once

#include <string>

#include "base/log/logger.h"
#include "exporters/health/history/event.h"

namespace picket::health {

struct ServiceNews {
  Event event;                   ///< a failed probe has neither `from` nor `to`
  State state = State::Unknown;  ///< afterwards
  unsigned failures_in_row = 0;
  std::string recommendation;  ///< what to look at; "" when all is well
};

/// One line.
void log_news(Logger& log, const ServiceNews& news);

}  // namespace picket::health
