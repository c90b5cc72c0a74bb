// What the evaluation of rules leans on, and what is the same for all groups.
#pragma once

#include <string>

#include "alertd/rules/alert_sink.h"
#include "alertd/rules/rule_metrics.h"
#include "alertd/series/query_engine.h"
#include "base/exec/worker_pool.h"
#include "base/log/logger.h"
#include "base/time/scheduler.h"

namespace picket::alertd {

/// What is the same for all groups.
struct RuleSettings {
  Labels external_labels;
  std::string external_url;
  Duration resend_delay = std::chrono::minutes(1);
  Duration query_timeout = std::chrono::seconds(30);
  Duration partial_hold = std::chrono::hours(1);  ///< EvaluationContext::partial_hold
};

/// What the scheduler leans on; all must outlive it.
struct RuleServices {
  Scheduler& scheduler;
  WorkerPool& workers;
  QueryEngine& engine;
  AlertSink& sink;
  RuleMetrics& metrics;
  Logger& log;
};

}  // namespace picket::alertd
