#include "alertd/alert_pipeline.h"

#include <algorithm>
#include <future>

#include "alertd/rules/rule_state_store.h"

namespace picket::alertd {
namespace {

constexpr WorkerPool::Size kRuleWorkers{.threads = 4, .queue = 4096};
constexpr WorkerPool::Size kCourierWorkers{.threads = 8, .queue = 1024};

/// Waits until a timer task that was running when it was cancelled has returned.
void wait_for_timers(Scheduler& scheduler) {
  const auto passed = std::make_shared<std::promise<void>>();
  const std::future<void> future = passed->get_future();
  scheduler.after(Duration::zero(), [passed] { passed->set_value(); });
  future.wait_for(std::chrono::seconds(5));
}

}  // namespace

AlertPipeline::AlertPipeline(DaemonContext& context, AlertStore store, QueryEngine& engine,
                             AlertPipelineMetrics& metrics, const AlertPipelineConfig& config)
    : context_(context),
      metrics_(metrics),
      store_(std::move(store)),
      ids_(context.clock, context.random),
      outbox_(*store_.database, ids_, context.clock),
      rule_workers_(std::make_unique<WorkerPool>("rules", kRuleWorkers)),
      courier_workers_(std::make_unique<WorkerPool>("courier", kCourierWorkers)),
      dispatcher_({.database = *store_.database,
                   .outbox = outbox_,
                   .scheduler = context.scheduler,
                   .pool = *rule_workers_,
                   .metrics = metrics.dispatch,
                   .log = context.log,
                   .on_queued = [this] { courier_.nudge(); }}),
      courier_({.backoff = config.backoff},
               {.outbox = outbox_,
                .notifiers = [this](const std::string& receiver,
                                    const std::string& name) { return find_notifier(receiver, name); },
                .pool = *courier_workers_,
                .scheduler = context.scheduler,
                .random = context.random,
                .log = context.log,
                .metrics = metrics.courier}),
      scheduler_({.scheduler = context.scheduler,
                  .workers = *rule_workers_,
                  .engine = engine,
                  .sink = dispatcher_,
                  .metrics = metrics.rules,
                  .log = context.log}) {}

AlertPipeline::~AlertPipeline() {
  scheduler_.stop();
  dispatcher_.stop();
  courier_.stop();
  wait_for_timers(context_.scheduler);
  rule_workers_.reset();
  courier_workers_.reset();
}

Result<void> AlertPipeline::start(const AlertPipelineConfig& config) {
  declare(config);
  Result<StoredRules> states = RuleStateStore::load(*store_.database);
  if (!states) return fail(states, "restoring rule states");
  Result<void> restored = dispatcher_.restore(config.dispatch);
  if (!restored) return restored;
  if (store_.lock) {  // the database is ours alone: what a dead predecessor had claimed is free
    const Result<std::int64_t> released = outbox_.release_claims();
    if (!released) return fail(released, "restoring the outbox");
  }
  dispatcher_.start();
  courier_.start();
  scheduler_.start(config.groups, config.settings, std::move(*states));
  return {};
}

void AlertPipeline::reload(const AlertPipelineConfig& config) {
  declare(config);
  dispatcher_.reload(config.dispatch);
  scheduler_.reload(config.groups, config.settings);
}

void AlertPipeline::declare(const AlertPipelineConfig& config) {
  for (const auto& [receiver, integrations] : config.dispatch->receivers) {
    for (const Integration& integration : integrations) metrics_.courier.declare(receiver, integration.name);
  }
}

std::shared_ptr<Notifier> AlertPipeline::find_notifier(const std::string& receiver,
                                                       const std::string& integration) const {
  const std::shared_ptr<const DispatchConfig> config = dispatcher_.config();
  const auto found = config->receivers.find(receiver);
  if (found == config->receivers.end()) return nullptr;
  const auto match = std::ranges::find(found->second, integration, &Integration::name);
  return match == found->second.end() ? nullptr : match->notifier;
}

}  // namespace picket::alertd
