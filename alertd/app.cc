#include "alertd/app.h"

#include <optional>

#include "alertd/alert_pipeline.h"
#include "alertd/api/api.h"
#include "alertd/datasource/prometheus_engine.h"
#include "alertd/swappable_query_engine.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

constexpr Duration kReopenInterval = std::chrono::seconds(5);

class Alertd final : public Service {
 public:
  explicit Alertd(DaemonContext& context)
      : context_(context),
        resolver_(loop_),
        client_(loop_, resolver_),
        metrics_(context.registry),
        store_up_(context.registry.gauge("alertd_store_up", "1 while the alert database is open.").Add({})) {
    add_api(context.router, {.rules = [this] { return with_pipeline(&AlertPipeline::rules); },
                             .groups = [this] { return with_pipeline(&AlertPipeline::groups); },
                             .outbox = [this] { return outbox(); }});
  }

  Result<void> load() override {
    Result<LoadedConfig> loaded = load_alertd(context_.flags.config_file, context_.files);
    if (!loaded) return fail(loaded);
    const Result<std::shared_ptr<const DispatchConfig>> dispatch =
        loaded->dispatch(context_.flags.config_file, context_.files, context_.flags.external_url, services());
    if (!dispatch) return fail(dispatch);
    engine_.set(std::make_shared<PrometheusEngine>(loaded->config.datasource, client_));
    const MutexLock lock(mutex_);
    config_ = pipeline_config(*loaded, *dispatch);
    if (pipeline_ != nullptr) pipeline_->reload(config_);
    return {};
  }

  Result<void> start() override {
    open();
    if (pipeline() == nullptr) {
      reopen_ = context_.scheduler.every(
          {.interval = kReopenInterval, .jitter = {}, .first = kReopenInterval}, [this] {
            if (pipeline() == nullptr) context_.pool.submit([this] { open(); });
          });
    }
    return {};
  }

  std::string unready_reason() const override {
    const MutexLock lock(mutex_);
    return pipeline_ != nullptr ? "" : "the alert database is not open: " + store_error_;
  }

  void stop() override {
    if (reopen_) context_.scheduler.cancel(*reopen_);
    std::shared_ptr<AlertPipeline> last;
    {
      const MutexLock lock(mutex_);
      last = std::move(pipeline_);
    }
  }

 private:
  AlertPipelineConfig pipeline_config(const LoadedConfig& loaded,
                                      std::shared_ptr<const DispatchConfig> dispatch) const {
    std::vector<Label> external;
    external.reserve(loaded.config.global.external_labels.size());
    for (const auto& [name, value] : loaded.config.global.external_labels) external.push_back({name, value});
    return {.groups = loaded.rules.groups,
            .settings = {.external_labels = Labels(std::move(external)),
                         .external_url = context_.flags.external_url,
                         .query_timeout = loaded.config.datasource.timeout,
                         .partial_hold = loaded.config.datasource.partial_response_hold},
            .dispatch = std::move(dispatch),
            .backoff = loaded.config.delivery};
  }

  /// Opens the database and starts the pipeline; when that fails it is tried again later.
  void open() {
    AlertPipelineConfig config;
    {
      const MutexLock lock(mutex_);
      if (pipeline_ != nullptr) return;
      config = config_;
    }
    Result<AlertStore> store = open_alert_store(context_.flags, context_.files);
    if (!store) return store_failed(store.error());
    const auto pipeline =
        std::make_shared<AlertPipeline>(context_, std::move(*store), engine_, metrics_, config);
    const Result<void> started = pipeline->start(config);
    if (!started) return store_failed(started.error());
    store_up_.Set(1);
    const MutexLock lock(mutex_);
    pipeline_ = pipeline;
  }

  void store_failed(const Error& error) {
    store_up_.Set(0);
    context_.log.error("alert database cannot be opened; no rule is evaluated until it can",
                       {{"error", error}});
    const MutexLock lock(mutex_);
    store_error_ = error.message;
  }

  ReceiverServices services() {
    return {.client = client_, .resolver = resolver_, .clock = context_.clock, .random = context_.random};
  }

  std::shared_ptr<AlertPipeline> pipeline() const {
    const MutexLock lock(mutex_);
    return pipeline_;
  }

  template <class T>
  std::vector<T> with_pipeline(std::vector<T> (AlertPipeline::*ask)() const) const {
    const std::shared_ptr<AlertPipeline> pipeline = this->pipeline();
    return pipeline == nullptr ? std::vector<T>{} : (*pipeline.*ask)();
  }

  Outbox* outbox() const {
    const std::shared_ptr<AlertPipeline> pipeline = this->pipeline();
    return pipeline == nullptr ? nullptr : &pipeline->outbox();
  }

  DaemonContext& context_;
  EventLoop loop_;
  Resolver resolver_;
  CurlClient client_;
  SwappableQueryEngine engine_;
  AlertPipelineMetrics metrics_;
  prometheus::Gauge& store_up_;
  std::optional<TimerId> reopen_;
  mutable Mutex mutex_;
  AlertPipelineConfig config_ GUARDED_BY(mutex_);
  std::shared_ptr<AlertPipeline> pipeline_ GUARDED_BY(mutex_);
  std::string store_error_ GUARDED_BY(mutex_);
};

}  // namespace

Result<void> check_alertd_config(const std::string& file, const Files& files) {
  EventLoop loop;
  Resolver resolver(loop);
  CurlClient client(loop, resolver);
  const SystemClock clock;
  SystemRandom random;
  const Result<LoadedConfig> loaded = load_alertd(file, files);
  if (!loaded) return fail(loaded);
  const ReceiverServices services{.client = client, .resolver = resolver, .clock = clock, .random = random};
  const auto dispatch = loaded->dispatch(file, files, "http://localhost", services);
  if (!dispatch) return fail(dispatch);
  return {};
}

std::unique_ptr<Service> make_alertd(DaemonContext& context) {
  return std::make_unique<Alertd>(context);
}

}  // namespace picket::alertd
