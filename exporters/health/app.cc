#include "exporters/health/app.h"

#include <malloc.h>

namespace picket::health {

namespace {

constexpr std::size_t kBlockingThreads = 8;
constexpr std::size_t kBlockingQueue = 1024;

Result<sql::Dsn> dsn_of(const DaemonFlags& flags) {
  Result<sql::Dsn> dsn = sql::Dsn::parse(
      flags.storage_dsn.empty() ? "sqlite:" + flags.storage_path + "/health.db" : flags.storage_dsn);
  if (dsn) dsn->connections = 2;
  return dsn;
}

}  // namespace

App::App(DaemonContext& context, const ProberRegistry& probers)
    : context_(context),
      probers_(probers),
      dsn_(dsn_of(context.flags)),
      resolver_(loop_),
      http_(loop_, resolver_),
      blocking_("blocking", {kBlockingThreads, kBlockingQueue}),
      history_(std::make_unique<HistoryRecorder>(
          dsn_.value_or(sql::Dsn{}),
          RecorderServices{context.scheduler, context.files, context.log, context.registry})),
      engine_(std::make_shared<Engine>(context.scheduler, context.registry,
                                       [this](Event event) { history_->record(std::move(event)); })),
      collector_([this] { return engine_->snapshot(); }),
      api_(*engine_, *history_, [this] { return unready_reason(); }) {
  context_.metrics.add(collector_);
  api_.add_routes(context_.router);
}

App::~App() {
  stop();
}

ProberServices App::services(std::shared_ptr<const AddressPolicy> policy) {
  return {loop_,          resolver_,       http_,        context_.scheduler, blocking_,
          context_.files, context_.random, context_.log, std::move(policy)};
}

Result<void> App::load() {
  if (!dsn_) return fail(dsn_, "--storage.dsn");
  Result<HealthConfig> loaded = load_health_config(context_.flags.config_file, context_.files, probers_);
  if (!loaded) return fail(loaded);
  const auto config = std::make_shared<const HealthConfig>(std::move(*loaded));
  const std::shared_ptr<const AddressPolicy> policy(config, &config->target_policy);
  const ProberServices given = services(policy);
  engine_->apply(config, [&given](const CheckConfig& check) { return check.prober->make(given); });
  history_->set_limits({config->history_retention, config->events_retention, config->events_max});
  // The tree of a large file is tens of megabytes, and not needed again.
  malloc_trim(0);
  context_.log.info("configuration loaded", {{"checks", config->checks.size()}, {"sha256", config->sha256}});
  return {};
}

Result<void> App::start() {
  history_->start(*engine_);
  engine_->start();
  running_ = true;
  return {};
}

std::string App::unready_reason() const {
  return running_ ? "" : "not started";
}

void App::stop() {
  running_ = false;
  engine_->stop();
  history_->stop();
}

Result<void> check_config(const std::string& file, const Files& files, const ProberRegistry& probers) {
  const Result<HealthConfig> config = load_health_config(file, files, probers);
  if (!config) return fail(config);
  return {};
}

}  // namespace picket::health
