#include "exporters/security/app.h"

#include <atomic>
#include <optional>
#include <tuple>

#include "base/daemon/folder_lock.h"
#include "base/daemon/version.h"
#include "base/detect/attack_rule.h"
#include "base/detect/rule_set.h"
#include "exporters/security/api/event_query.h"
#include "exporters/security/config/security_config.h"
#include "exporters/security/events/event_store.h"
#include "exporters/security/events/last_events.h"
#include "exporters/security/exposition/security_collector.h"
#include "exporters/security/pages/overview_page.h"
#include "exporters/security/pages/overview_parts.h"
#include "exporters/security/pages/posture_parts.h"
#include "exporters/security/pages/security_pages.h"
#include "exporters/security/posture/posture.h"
#include "exporters/security/sources/sources.h"

namespace picket::security {
namespace {

class SecurityExporter final : public Service {
 public:
  explicit SecurityExporter(DaemonContext& context)
      : context_(context),
        dsn_(events_dsn(context.flags.storage_path, context.flags.storage_dsn)),
        folder_(context.files, context.flags.storage_path + "/security.lock"),
        events_(dsn_.value_or(sql::Dsn{}), {.scheduler = context.scheduler,
                                            .files = context.files,
                                            .log = context.log,
                                            .registry = context.registry}),
        sources_({.files = context.files,
                  .clock = context.clock,
                  .log = context.log,
                  .folder = states_folder(),
                  .events =
                      [this](std::vector<SecurityEvent> events) {
                        for (SecurityEvent& event : events) events_.add(std::move(event));
                      },
                  .events_waiting = [this] { return events_.waiting(); }}),
        posture_({.scheduler = context.scheduler,
                  .random = context.random,
                  .log = context.log,
                  .files = context.files,
                  .registry = context.registry,
                  .findings_file = context.flags.storage_path + "/posture.state",
                  .user_agent = fmt::format("picket security_exporter/{}", version()),
                  .events = [this](SecurityEvent event) { events_.add(std::move(event)); }}),
        collector_({.sources = [this] { return sources_.view(); },
                    .posture = [this] { return posture_.snapshot(); }}),
        last_events_(context.scheduler, context.pool,
                     [this] { return events_.events({.limit = kEventsShown}); }),
        api_(readable()),
        pages_(readable(), context.clock, context.site) {
    context.metrics.add(collector_);
    api_.add_routes(context.router);
    pages_.add_routes(context.router);
  }

  Result<void> load() override {
    Result<SecurityConfig> config = load_security_config(context_.flags.config_file, context_.files);
    if (!config) return fail(config);
    if (started_) {
      if (auto applied = apply(*config); !applied) return applied;
    }
    config_ = std::move(*config);
    context_.log.info("configuration loaded",
                      {{"sources", config_.sources.size()}, {"scans", config_.scans.size()}});
    return {};
  }

  Result<void> start() override {
    if (!dsn_) return fail(dsn_, "--storage.dsn");
    if (auto claimed = claim_folder(); !claimed) return claimed;
    if (auto claimed = events_.claim(); !claimed) return claimed;
    if (auto applied = apply(config_); !applied) return applied;
    events_.start();
    posture_.start();
    last_events_.start();
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
      add("", source->format_problem());
      add("its position is not stored: ", source->checkpoint_problem);
      add("its files are looked at four times a second: ", source->polling);
    }
    if (const std::string trouble = events_.trouble(); !trouble.empty())
      warnings.push_back("events are not stored: " + trouble);
    return warnings;
  }

  std::optional<web::Page> front_page(const Request& request) const override {
    OverviewView view{.now = context_.clock.wall(), .is_masked = !sees_everything(request)};
    for (const SourceStatusPtr& source : sources_.status()) {
      view.sources.push_back(source_view(*source));
      for (DetectionView& detection : detection_views(*source))
        view.detections.push_back(std::move(detection));
    }
    const SignalsSnapshot all = signals();
    view.classes = class_views(all);
    view.top = top_lists(all);
    view.posture = posture_targets(*posture_.snapshot());
    std::tie(view.events, view.events_trouble) = last_events_.read();
    return overview_page(view);
  }

  void stop() override {
    started_ = false;
    last_events_.stop();
    posture_.stop();
    sources_.stop();
    events_.stop();
    sources_.store();  // what is stored of a log has no events that are not
    folder_.release();
  }

 private:
  /// Of positions in logs, wherever events are stored. Conflict when another process has it; without a folder
  /// nothing is stored in it, and lines are read all the same.
  Result<void> claim_folder() {
    Result<void> usable = context_.files.make_directories(states_folder(), 0700);
    if (usable) usable = folder_.hold();
    if (!usable && usable.error().kind == ErrorKind::Conflict) return usable;
    if (!usable)
      context_.log.error("positions in logs cannot be stored",
                         {{"folder", states_folder()}, {"error", usable.error()}});
    return {};
  }

  std::string states_folder() const { return context_.flags.storage_path + "/sources"; }

  /// What the API and the pages read.
  SecurityApiSources readable() {
    return {.events = [this](const EventFilter& filter) { return events_.search(filter); },
            .top = [this] { return top_lists(signals()); },
            .posture = [this] { return posture_targets(*posture_.snapshot()); }};
  }

  SignalsSnapshot signals() const {
    std::vector<SignalsSnapshot> signals;
    for (const SourceStatusPtr& source : sources_.status()) signals.push_back(source->signals);
    return merge(signals);
  }

  /// Makes it the one in force. What can fail comes first, and changes nothing then. How records are judged is made
  /// anew only when that has changed, since each source begins again with it.
  Result<void> apply(const SecurityConfig& config) {
    std::shared_ptr<const Analysis> analysis = analysis_;
    if (!analysis || config.signals != analysis->signals || config.rules != rules_) {
      Result<Detector> detector = Detector::built_in(config.rules.without);
      if (!detector) return fail(detector, "rules.without");
      analysis = std::make_shared<const Analysis>(Analysis{
          config.signals, std::move(*detector), version_of_rules(attack_rules_text(), config.rules.without)});
    }
    if (auto applied = sources_.apply(config.sources, analysis); !applied) return applied;
    analysis_ = std::move(analysis);
    rules_ = config.rules;
    events_.set_limits(config.events);
    posture_.apply(config.scans);
    return {};
  }

  DaemonContext& context_;
  const Result<sql::Dsn> dsn_;
  FolderLock folder_;
  EventStore events_;
  Sources sources_;
  Posture posture_;
  SecurityCollector collector_;
  LastEvents last_events_;
  SecurityApi api_;
  SecurityPages pages_;
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
