#include "exporters/business/app.h"

#include <atomic>

#include "exporters/business/config/business_config.h"
#include "exporters/business/exposition/business_collector.h"
#include "exporters/business/pages/overview_page.h"
#include "exporters/business/pages/report_pages.h"
#include "exporters/business/queries/query_schedule.h"
#include "exporters/business/reports/reports_api.h"
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
                    .lanes = [this] { return schedule_.lanes(); }}),
        reports_(context.scheduler,
                 [this](const std::string& database, Read read) {
                   return schedule_.submit(database, std::move(read));
                 }),
        reports_api_(reports_, context.clock),
        report_pages_(reports_, context.clock, context.site) {
    context.metrics.add(collector_);
    reports_api_.add_routes(context.router);
    report_pages_.add_routes(context.router);
  }

  Result<void> load() override {
    const Result<BusinessConfig> config = load_business_config(context_.flags.config_file, context_.files);
    if (!config) return fail(config);
    results_->apply(config->queries);
    reports_.apply(catalogue_of(config->packs, config->reports));
    {
      const MutexLock lock(packs_mutex_);
      packs_ = config->packs;
    }
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
    } else if (stored.error().kind == ErrorKind::Conflict) {
      return fail(stored);  // another process works with the folder
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

  std::optional<web::Page> front_page(const Request& request) const override {
    Overview overview{.now = context_.clock.wall(),
                      .lanes = schedule_.lanes(),
                      .packs = {},
                      .queries = results_->snapshot(),
                      .next_runs = schedule_.next_runs()};
    {
      const MutexLock lock(packs_mutex_);
      overview.packs = packs_;
    }
    return overview_page(overview, request.target);
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
  Reports reports_;
  ReportsApi reports_api_;
  ReportPages report_pages_;
  mutable Mutex packs_mutex_;
  std::vector<PackUse> packs_ GUARDED_BY(packs_mutex_);
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
