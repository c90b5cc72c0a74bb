#include "alertd/alert_pipeline.h"

#include <algorithm>
#include <future>

#include "alertd/rules/rule_state_store.h"

namespace picket::alertd {
namespace {

constexpr WorkerPool::Size kRuleThreads{.threads = 4, .queue = 4096};
constexpr WorkerPool::Size kOneThread{.threads = 1, .queue = 16};

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
      rule_threads_(std::make_unique<WorkerPool>("rules", kRuleThreads)),
      flush_thread_(std::make_unique<WorkerPool>("flush", kOneThread)),
      delivery_thread_(std::make_unique<WorkerPool>("delivery", kOneThread)),
      lane_threads_(std::make_unique<LaneThreads>(DeliveryPace{}.concurrency)),
      dispatcher_({.database = *store_.database,
                   .outbox = outbox_,
                   .scheduler = context.scheduler,
                   .run = [this](Task task) { return flush_thread_->submit(std::move(task)); },
                   .metrics = metrics.dispatch,
                   .log = context.log,
                   .on_queued = [this] { deliveries_.nudge(); }}),
      deliveries_(config.delivery, {},
                  {.outbox = outbox_,
                   .observer = dispatcher_,
                   .notifiers = [this](const std::string& id) { return find_notifier(id); },
                   .clock = context.clock,
                   .random = context.random,
                   .log = context.log,
                   .metrics = metrics.delivery},
                  {.run = [this](Task task) { return delivery_thread_->submit(std::move(task)); },
                   .run_in_lane = [this](const std::string& lane,
                                         Task task) { return lane_threads_->run(lane, std::move(task)); },
                   .forget_lane = [this](const std::string& lane) { return lane_threads_->forget(lane); }},
                  context.scheduler),
      scheduler_({.scheduler = context.scheduler,
                  .workers = *rule_threads_,
                  .engine = engine,
                  .sink = dispatcher_,
                  .metrics = metrics.rules,
                  .log = context.log}) {}

AlertPipeline::~AlertPipeline() {
  scheduler_.stop();
  dispatcher_.stop();
  deliveries_.stop();  // from here on the two pools of the deliveries do not start anything on each other
  wait_for_timers(context_.scheduler);
  rule_threads_.reset();
  flush_thread_.reset();
  lane_threads_.reset();
  delivery_thread_.reset();
}

Result<void> AlertPipeline::start(const AlertPipelineConfig& config) {
  declare(config);
  Result<StoredRules> states = RuleStateStore::load(*store_.database);
  if (!states) return fail(states, "restoring rule states");
  Result<void> restored = dispatcher_.restore(*config.dispatch);
  if (!restored) return restored;
  const Result<void> rebased = outbox_.rebase(std::max(config.delivery.max, config.delivery.max_retry_after));
  if (!rebased) return fail(rebased, "restoring the outbox");
  if (store_.lock) {  // the database is ours alone: what a dead predecessor had claimed is free
    const Result<std::int64_t> released = outbox_.release_claims();
    if (!released) return fail(released, "restoring the outbox");
  }
  dispatcher_.start();
  deliveries_.start();
  scheduler_.start(config.groups, config.settings, std::move(*states));
  return {};
}

void AlertPipeline::reload(const AlertPipelineConfig& config) {
  declare(config);
  dispatcher_.reload(config.dispatch);
  deliveries_.reload(config.delivery);
  scheduler_.reload(config.groups, config.settings);
}

void AlertPipeline::declare(const AlertPipelineConfig& config) {
  for (const auto& [receiver, integrations] : config.dispatch->receivers) {
    for (const Integration& integration : integrations) metrics_.delivery.declare(receiver, integration.name);
  }
}

std::shared_ptr<Notifier> AlertPipeline::find_notifier(const std::string& integration_id) const {
  const std::shared_ptr<const DispatchConfig> config = dispatcher_.config();
  for (const auto& [receiver, integrations] : config->receivers) {
    const auto match = std::ranges::find(integrations, integration_id, &Integration::id);
    if (match != integrations.end()) return match->notifier;
  }
  return nullptr;
}

}  // namespace picket::alertd
