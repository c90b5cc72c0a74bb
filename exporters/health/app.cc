#include "exporters/health/app.h"

#include <malloc.h>

#include <cstdio>

#include "exporters/health/pages/status_page.h"

namespace picket::health {

namespace {

Result<sql::Dsn> dsn_of(const DaemonFlags& flags) {
  Result<sql::Dsn> dsn = sql::Dsn::parse(
      flags.storage_dsn.empty() ? "sqlite:" + flags.storage_path + "/health.db" : flags.storage_dsn);
  if (dsn) dsn->connections = 2;
  return dsn;
}

Result<Modules> modules_of(const HealthConfig& config, const Files& files) {
  if (config.probe_modules_file.empty()) return default_modules();
  return load_modules(config.probe_modules_file, files);
}

}  // namespace

App::App(DaemonContext& context, const ProberRegistry& probers)
    : context_(context),
      probers_(probers),
      dsn_(dsn_of(context.flags)),
      resolver_(loop_),
      http_(loop_, resolver_),
      history_(std::make_unique<HistoryRecorder>(
          dsn_.value_or(sql::Dsn{}),
          RecorderServices{context.scheduler, context.files, context.log, context.registry, context.random})),
      engine_(std::make_shared<Engine>(context.scheduler, context.registry, context.log,
                                       [this](Event event) { history_->record(std::move(event)); })),
      collector_([this] { return engine_->snapshot(); }),
      api_(*engine_, *history_, [this] { return unready_reason(); }),
      probe_endpoint_([this] {
        const MutexLock lock(policy_mutex_);
        return services(policy_);
      }) {
  context_.metrics.add(collector_);
  api_.add_routes(context_.router);
  probe_endpoint_.add_routes(context_.router);
}

App::~App() {
  stop();
}

ProberServices App::services(std::shared_ptr<const AddressPolicy> policy) {
  return {.loop = loop_,
          .postgres_loop = postgres_loop_,
          .resolver = resolver_,
          .http = http_,
          .scheduler = context_.scheduler,
          .mounts = mounts_,
          .files = context_.files,
          .random = context_.random,
          .log = context_.log,
          .policy = std::move(policy)};
}

Result<void> App::load() {
  if (!dsn_) return fail(dsn_, "--storage.dsn");
  Result<HealthConfig> loaded = load_health_config(context_.flags.config_file, context_.files, probers_);
  if (!loaded) return fail(loaded);
  const auto config = std::make_shared<const HealthConfig>(std::move(*loaded));
  Result<Modules> modules = modules_of(*config, context_.files);
  if (!modules) return fail(modules);
  for (const std::string& note : notes_of(*modules))
    context_.log.warn("probe module not served", {{"reason", note}});
  const std::shared_ptr<const AddressPolicy> policy(config, &config->target_policy);
  {
    const MutexLock lock(policy_mutex_);
    policy_ = policy;
  }
  probe_endpoint_.set_modules(std::move(*modules));
  const ProberServices given = services(policy);
  engine_->apply(config, [&given](const CheckConfig& check) { return check.prober->make(given); });
  history_->set_limits({config->history_retention, config->events_retention, config->events_max});
  // The tree of a large file is tens of megabytes, and not needed again.
  malloc_trim(0);
  context_.log.info("configuration loaded", {{"checks", config->checks.size()}});
  return {};
}

Result<void> App::start() {
  if (Result<void> claimed = history_->claim(); !claimed) return claimed;
  history_->start(*engine_);
  engine_->start();
  running_ = true;
  return {};
}

std::string App::unready_reason() const {
  return running_ ? "" : "not started";
}

std::optional<web::Page> App::front_page(const Request& request) const {
  return status_page(status_view(*engine_->snapshot(), parse_status_query(request.target)));
}

void App::stop() {
  running_ = false;
  engine_->stop();
  history_->stop();
}

Result<void> check_config(const std::string& file, const Files& files, const ProberRegistry& probers) {
  const Result<HealthConfig> config = load_health_config(file, files, probers);
  if (!config) return fail(config);
  const Result<Modules> modules = modules_of(*config, files);
  if (!modules) return fail(modules);
  for (const std::string& note : notes_of(*modules)) fmt::print(stderr, "note: {}\n", note);
  return {};
}

}  // namespace picket::health
