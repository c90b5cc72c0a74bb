#include "exporters/business/app.h"

#include <atomic>

#include "exporters/business/config/business_config.h"
#include "exporters/business/exposition/business_collector.h"
#include "exporters/business/queries/query_schedule.h"
#include "exporters/business/results/results.h"

namespace picket::business {
namespace {

class BusinessExporter final : public Service {
 public:
  explicit BusinessExporter(DaemonContext& context)
      : context_(context),
        store_(context),
        results_(std::make_shared<Results>(context.clock, context.log,
                                           [this](StoredResult result) { store_.save(std::move(result)); })),
        schedule_(context.scheduler, context.log, context.registry,
                  [results = std::weak_ptr(results_)](const QueryPtr& query, const ReadOutcome& outcome) {
                    if (const auto alive = results.lock()) alive->record(query, outcome.rows, outcome.took);
                  }),
        collector_({.queries = [this] { return results_->snapshot(); },
                    .lanes = [this] { return schedule_.lanes(); }}) {
    context.metrics.add(collector_);
  }

  Result<void> load() override {
    const Result<BusinessConfig> config = load_business_config(context_.flags.config_file, context_.files);
    if (!config) return fail(config);
    results_->apply(config->queries);
    if (started_) {
      schedule_.apply(config->databases, config->queries);
    } else {
      first_ = *config;
    }
    context_.log.info("configuration loaded",
                      {{"databases", config->databases.size()}, {"queries", config->queries.size()}});
    return {};
  }

  Result<void> start() override {
    if (const auto stored = store_.load()) {
      results_->restore(*stored);
    } else {
      context_.log.warn("no results of before", {{"error", stored.error()}});
    }
    schedule_.apply(first_.databases, first_.queries);
    started_ = true;
    return {};
  }

  std::string unready_reason() const override { return started_ ? "" : "not started"; }

  std::vector<std::string> warnings() const override {
    std::vector<std::string> warnings;
    for (const LaneStatus& lane : schedule_.lanes()) {
      for (const std::string& right : lane.warnings)
        warnings.push_back(fmt::format("database \"{}\": {}", lane.database, right));
    }
    if (const std::string trouble = store_.trouble(); !trouble.empty())
      warnings.push_back("results are not stored: " + trouble);
    return warnings;
  }

  void stop() override {
    started_ = false;
    schedule_.stop();
  }

 private:
  DaemonContext& context_;
  ResultStore store_;
  std::shared_ptr<Results> results_;
  QuerySchedule schedule_;
  BusinessCollector collector_;
  BusinessConfig first_;  ///< what start() begins with
  std::atomic<bool> started_{false};
};

}  // namespace

Result<void> check_config(const std::string& file, const Files& files) {
  const Result<BusinessConfig> config = load_business_config(file, files);
  if (!config) return fail(config);
  return {};
}

std::unique_ptr<Service> make_business_exporter(DaemonContext& context) {
  return std::make_unique<BusinessExporter>(context);
}

}  // namespace picket::business
