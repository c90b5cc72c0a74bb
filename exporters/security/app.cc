#include "exporters/security/app.h"

#include <atomic>

#include "exporters/security/config/security_config.h"
#include "exporters/security/exposition/security_collector.h"
#include "exporters/security/sources/sources.h"

namespace picket::security {
namespace {

class SecurityExporter final : public Service {
 public:
  explicit SecurityExporter(DaemonContext& context)
      : context_(context),
        sources_({.files = context.files,
                  .clock = context.clock,
                  .log = context.log,
                  .folder = context.flags.storage_path + "/sources",
                  .events = [](std::vector<SecurityEvent>) {}}),
        collector_({.sources = [this] { return sources_.status(); }}) {
    context.metrics.add(collector_);
  }

  Result<void> load() override {
    Result<SecurityConfig> config = load_security_config(context_.flags.config_file, context_.files);
    if (!config) return fail(config);
    config_ = std::move(*config);
    if (started_) {
      if (const auto applied = apply(); !applied) return applied;
    }
    context_.log.info("configuration loaded", {{"sources", config_.sources.size()}});
    return {};
  }

  Result<void> start() override {
    const std::string folder = context_.flags.storage_path + "/sources";
    if (const auto made = context_.files.make_directories(folder, 0700); !made)
      context_.log.error("positions in logs cannot be stored", {{"folder", folder}, {"error", made.error()}});
    if (const auto applied = apply(); !applied) return applied;
    started_ = true;
    return {};
  }

  std::string unready_reason() const override { return started_ ? "" : "not started"; }
  std::string metrics_hold() const override { return sources_.hold(); }

  std::vector<std::string> warnings() const override {
    std::vector<std::string> warnings;
    for (const SourceStatusPtr& source : sources_.status()) {
      const auto add = [&](std::string_view what, const std::string& why) {
        if (!why.empty()) warnings.push_back(fmt::format("source \"{}\": {}{}", source->name, what, why));
      };
      add("", source->problem);
      add("its position is not stored: ", source->checkpoint_problem);
      add("its files are looked at four times a second: ", source->polling);
    }
    return warnings;
  }

  void stop() override {
    started_ = false;
    sources_.stop();
  }

 private:
  /// The configuration in force: how records are judged is made anew only when that has changed, since each source
  /// begins again with it.
  Result<void> apply() {
    if (!analysis_ || config_.signals != analysis_->signals || config_.rules != rules_) {
      Result<Detector> detector = Detector::built_in(config_.rules.without);
      if (!detector) return fail(detector, "rules.without");
      analysis_ = std::make_shared<const Analysis>(Analysis{config_.signals, std::move(*detector)});
      rules_ = config_.rules;
    }
    return sources_.apply(config_.sources, analysis_);
  }

  DaemonContext& context_;
  Sources sources_;
  SecurityCollector collector_;
  SecurityConfig config_;
  std::shared_ptr<const Analysis> analysis_;
  RulesConfig rules_;  ///< those of analysis_
  std::atomic<bool> started_{false};
};

}  // namespace

Result<void> check_config(const std::string& file, const Files& files) {
  const Result<SecurityConfig> config = load_security_config(file, files);
  if (!config) return fail(config);
  return {};
}

std::unique_ptr<Service> make_security_exporter(DaemonContext& context) {
  return std::make_unique<SecurityExporter>(context);
}

}  // namespace picket::security
