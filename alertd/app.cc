#include "alertd/app.h"

#include <cstdio>
#include <optional>

#include "alertd/alert_pipeline.h"
#include "alertd/api/api.h"
#include "alertd/api/query_forward.h"
#include "alertd/datasource/prometheus_engine.h"
#include "alertd/pages/alert_page.h"
#include "alertd/swappable_query_engine.h"
#include "base/daemon/store_opener.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

class Alertd final : public Service {
 public:
  explicit Alertd(DaemonContext& context)
      : context_(context),
        resolver_(loop_),
        client_(loop_, resolver_),
        queries_(loop_, resolver_, context.clock, context.log),
        metrics_(context.registry),
        store_up_(context.registry.gauge("alertd_store_up", "1 while the alert database is open.").Add({})),
        store_(context.scheduler, context.pool, store_steps()) {
    add_api(context.router, {.rules = [this] { return with_pipeline(&AlertPipeline::rules); },
                             .groups = [this] { return with_pipeline(&AlertPipeline::groups); },
                             .outbox = [this] { return outbox(); }});
    queries_.add_routes(context.router);
  }

  Result<void> load() override {
    Result<LoadedConfig> loaded = load_alertd(context_.flags.config_file, context_.files);
    if (!loaded) return fail(loaded);
    const Result<std::shared_ptr<const DispatchConfig>> dispatch =
        loaded->dispatch(context_.flags.config_file, context_.files, context_.flags.external_url, services());
    if (!dispatch) return fail(dispatch);
    for (const std::string& warning : loaded->warnings)
      context_.log.warn("configuration without effect", {{"warning", warning}});
    engine_.set(std::make_shared<PrometheusEngine>(loaded->config.datasource, client_));
    queries_.set(loaded->config.datasource);
    return store_.apply(pipeline_config(*loaded, *dispatch));
  }

  Result<void> start() override {
    store_.start();
    return {};
  }

  std::optional<web::Page> front_page(const Request& /*request*/) const override {
    const AlertPageSources sources{.rules = [this] { return with_pipeline(&AlertPipeline::rules); },
                                   .overview = [this](std::size_t most) { return overview(most); },
                                   .outbox = [this] { return outbox(); },
                                   .trouble = [this] { return unready_reason(); }};
    return alert_page(alert_view(sources, context_.clock.wall()));
  }

  std::string unready_reason() const override {
    const std::shared_ptr<AlertPipeline> pipeline = store_.core();
    if (pipeline == nullptr) return "the alert database is not open: " + store_.error();
    const std::string trouble = pipeline->store_trouble();
    return trouble.empty() ? "" : "the alert database takes nothing: " + trouble;
  }

  void stop() override { store_.close(); }

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
            .delivery = loaded.config.delivery};
  }

  using Store = StoreOpener<AlertPipeline, AlertPipelineConfig>;

  Store::Steps store_steps() {
    return {.open = [this](const AlertPipelineConfig& config) { return open(config); },
            .reload =
                [](AlertPipeline& pipeline, const AlertPipelineConfig& config) {
                  pipeline.reload(config);
                  return Result<void>();
                },
            .opened = [this](const std::shared_ptr<AlertPipeline>&) { store_up_.Set(1); },
            .failed = [this](const Error& error) { store_failed(error); }};
  }

  /// Opens the database and starts the pipeline.
  Result<std::shared_ptr<AlertPipeline>> open(const AlertPipelineConfig& config) {
    Result<AlertStore> store = open_alert_store(context_.flags, context_.files);
    if (!store) return fail(store);
    auto pipeline = std::make_shared<AlertPipeline>(context_, std::move(*store), engine_, metrics_, config);
    if (const Result<void> started = pipeline->start(config); !started) return fail(started);
    return pipeline;
  }

  void store_failed(const Error& error) {
    store_up_.Set(0);
    context_.log.error("alert database cannot be opened; no rule is evaluated until it can",
                       {{"error", error}});
  }

  ReceiverServices services() {
    return {.client = client_, .resolver = resolver_, .clock = context_.clock, .random = context_.random};
  }

  template <class T>
  std::vector<T> with_pipeline(std::vector<T> (AlertPipeline::*ask)() const) const {
    const std::shared_ptr<AlertPipeline> pipeline = store_.core();
    return pipeline == nullptr ? std::vector<T>{} : (*pipeline.*ask)();
  }

  AlertsOverview overview(std::size_t most) const {
    const std::shared_ptr<AlertPipeline> pipeline = store_.core();
    return pipeline == nullptr ? AlertsOverview{} : pipeline->overview(most);
  }

  std::shared_ptr<Outbox> outbox() const {
    const std::shared_ptr<AlertPipeline> pipeline = store_.core();
    return pipeline == nullptr ? nullptr : std::shared_ptr<Outbox>(pipeline, &pipeline->outbox());
  }

  DaemonContext& context_;
  EventLoop loop_;
  Resolver resolver_;
  CurlClient client_;
  QueryForward queries_;
  SwappableQueryEngine engine_;
  AlertPipelineMetrics metrics_;
  prometheus::Gauge& store_up_;
  Store store_;  // last: its pipeline uses the rest
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
  for (const std::string& warning : loaded->warnings) fmt::print(stderr, "warning: {}\n", warning);
  return {};
}

std::unique_ptr<Service> make_alertd(DaemonContext& context) {
  return std::make_unique<Alertd>(context);
}

}  // namespace picket::alertd
