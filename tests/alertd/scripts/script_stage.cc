#include "tests/alertd/scripts/script_stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "alertd/rules/rule_state_store.h"
#include "base/json/json.h"
#include "base/text/strings.h"

namespace picket::alertd::test {
namespace {

constexpr Duration kAttemptTimeout = std::chrono::seconds(30);

std::string peer_of(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  return std::string(rest.substr(0, rest.find_first_of("/?")));
}

/// "chat: A ~B +"
std::string told_by(const OutboundRequest& request) {
  const nlohmann::json body = parse_json(request.body).value();
  std::vector<std::string> names;
  for (const nlohmann::json& alert : body.at("alerts")) {
    const std::string name = alert.at("labels").at("alertname");
    names.push_back((alert.at("status") == "resolved" ? "~" : "") + name);
  }
  std::ranges::sort(names, {}, [](const std::string& name) { return replace_all(name, "~", ""); });
  if (!request.headers.get("Picket-Supersedes").empty()) names.emplace_back("+");
  return peer_of(request.url) + ": " + join(names, " ");
}

}  // namespace

Result<Response> ScriptedPeers::send(const OutboundRequest& request) {
  ClientResponse answer = exchange(request);
  if (answer.failed != FailedStep::None) return fail(answer.error);
  return answer.response;
}

ClientResponse ScriptedPeers::exchange(const OutboundRequest& request) {
  const Behaviour& behaviour = behaviours_[peer_of(request.url)];
  tries_.push_back(told_by(request));
  ClientResponse answer;
  answer.exchange.sent = !behaviour.refuses;
  if (behaviour.refuses) {
    answer.failed = FailedStep::Connect;
    answer.error = {ErrorKind::Unavailable, "connection refused"};
  } else if (behaviour.hangs) {
    answer.failed = FailedStep::Timeout;
    answer.error = {ErrorKind::Timeout, "no answer"};
  } else {
    answer.response.status = behaviour.status;
    if (!behaviour.retry_after.empty()) answer.response.headers.set("Retry-After", behaviour.retry_after);
    if (behaviour.status < 300) accepted_.push_back(tries_.back());
  }
  return answer;
}

/// One run of the daemon.
struct ScriptStage::Running {
  explicit Running(ScriptStage& stage)
      : database(open(stage)),
        ids(stage.scheduler_.clock(), stage.random_),
        outbox(*database, ids, stage.scheduler_.clock()),
        dispatcher({.database = *database,
                    .outbox = outbox,
                    .scheduler = stage.scheduler_,
                    .run = run_here,
                    .metrics = dispatch_metrics,
                    .log = stage.log_,
                    .on_queued = [this] { deliveries.nudge(); }}),
        deliveries(stage.delivery_, {},
                   {.outbox = outbox,
                    .observer = dispatcher,
                    .notifiers = [this](const std::string& id) { return notifier(id); },
                    .clock = stage.scheduler_.clock(),
                    .random = stage.random_,
                    .log = stage.log_,
                    .metrics = delivery_metrics},
                   {.run = run_here,
                    .run_in_lane = [&stage](const std::string& lane,
                                            Task task) { return stage.run_in_lane(lane, std::move(task)); }},
                   stage.scheduler_) {}

  static std::unique_ptr<sql::Database> open(ScriptStage& stage) {
    const std::string dsn = "sqlite:" + stage.dir_.file("alertd.db");
    std::unique_ptr<sql::Database> database =
        std::move(sql::Database::open(sql::Dsn::parse(dsn).value()).value());
    EXPECT_TRUE(database->migrate("outbox", Outbox::migrations()));
    EXPECT_TRUE(database->migrate("dispatch", DispatchStore::migrations()));
    EXPECT_TRUE(database->migrate(RuleStateStore::kComponent, RuleStateStore::migrations()));
    return database;
  }

  static bool run_here(const Task& task) {
    task();
    return true;
  }

  std::shared_ptr<Notifier> notifier(const std::string& id) const {
    for (const auto& [receiver, integrations] : dispatcher.config()->receivers) {
      for (const Integration& integration : integrations) {
        if (integration.id == id) return integration.notifier;
      }
    }
    return nullptr;
  }

  std::unique_ptr<sql::Database> database;
  DeliveryIds ids;
  Outbox outbox;
  MetricRegistry registry;
  DispatchMetrics dispatch_metrics{registry};
  DeliveryMetrics delivery_metrics{registry};
  Dispatcher dispatcher;
  DeliveryLoop deliveries;
};

ScriptStage::ScriptStage() : log_({}, scheduler_.clock(), [](std::string_view) {}) {}

ScriptStage::~ScriptStage() {
  held_.clear();
}

Result<std::shared_ptr<const DispatchConfig>> ScriptStage::load(const std::string& yaml,
                                                                DeliveryConfig& delivery) {
  const std::string file = dir_.file("alertd.yml");
  const Result<void> written =
      files_.write_atomic(file, "datasource: {url: 'http://127.0.0.1:1'}\n" + yaml, 0600);
  if (!written) return fail(written);
  const Result<LoadedConfig> loaded = load_alertd(file, files_);
  if (!loaded) return fail(loaded);
  delivery = loaded->config.delivery;
  return loaded->dispatch(
      file, files_, "http://alerts",
      {.client = peers_, .resolver = resolver_, .clock = scheduler_.clock(), .random = random_});
}

Result<void> ScriptStage::configure(const std::string& yaml) {
  const auto config = load(yaml, delivery_);
  if (!config) return fail(config);
  config_ = *config;
  if (running_ == nullptr) {
    start();
  } else {
    running_->dispatcher.reload(config_);
    running_->deliveries.reload(delivery_);
  }
  return {};
}

void ScriptStage::start() {
  running_ = std::make_unique<Running>(*this);
  ASSERT_TRUE(running_->dispatcher.restore(*config_));
  ASSERT_TRUE(running_->outbox.rebase(std::max(delivery_.max, delivery_.max_retry_after)));
  ASSERT_TRUE(running_->outbox.release_claims());
  running_->dispatcher.start();
  running_->deliveries.start();
  advance(Duration::zero());
}

void ScriptStage::restart() {
  held_.clear();  // what was under way ends with the process
  running_.reset();
  start();
}

void ScriptStage::apply(const Labels& labels, bool resolved) {
  ActiveAlert alert{.labels = labels, .state = resolved ? AlertState::Inactive : AlertState::Firing};
  alert.fired_at = alert.active_at = firing_.at(labels);
  if (resolved) alert.resolved_at = scheduler_.clock().wall();
  GroupResult result{.group = nullptr, .time = scheduler_.clock().wall(), .rules = {}};
  RuleResult rule{.rule = nullptr, .as = {}, .transition = {}};
  rule.transition.send.push_back(alert);
  result.rules.push_back(rule);
  EXPECT_TRUE(running_->dispatcher.apply(result));
}

void ScriptStage::fire(const Labels& labels) {
  firing_.try_emplace(labels, scheduler_.clock().wall());
  apply(labels, false);
}

void ScriptStage::resolve(const Labels& labels) {
  ASSERT_TRUE(firing_.contains(labels)) << labels.to_string() << " does not fire";
  apply(labels, true);
  firing_.erase(labels);
}

void ScriptStage::advance(Duration duration) {
  scheduler_.advance(duration);
}

bool ScriptStage::run_in_lane(const std::string& lane, Task task) {
  const std::string peer = lane.substr(0, lane.find('/'));
  if (!peers_.of(peer).hangs) {
    task();
    return true;
  }
  held_.push_back({lane, std::move(task)});
  scheduler_.after(kAttemptTimeout, [this, peer] { run_held(peer); });
  return true;
}

void ScriptStage::run_held(const std::string& peer) {
  const auto first =
      std::ranges::find_if(held_, [&](const HeldTask& held) { return held.lane.starts_with(peer + "/"); });
  if (first == held_.end()) return;
  const Task task = std::move(first->task);
  held_.erase(first);
  task();
}

void ScriptStage::set_peer(const std::string& peer, const ScriptedPeers::Behaviour& behaviour) {
  peers_.set(peer, behaviour);
}

std::string ScriptStage::ledger(const std::string& receiver) {
  std::vector<std::string> states;
  DeliveryFilter filter;
  filter.receiver = receiver;
  const std::vector<Delivery> deliveries = running_->outbox.list(filter).value();
  for (const Delivery& delivery : deliveries) states.emplace_back(to_string(delivery.state));
  std::ranges::reverse(states);
  return join(states, " ");
}

std::string ScriptStage::groups() {
  std::vector<std::string> keys;
  for (const Dispatcher::GroupStatus& group : running_->dispatcher.groups()) keys.push_back(group.key);
  return join(keys, "\n");
}

AlertView ScriptStage::view() {
  const AlertPageSources sources{
      .rules = [] { return std::vector<GroupStatus>(); },
      .overview = [this](std::size_t most) { return running_->dispatcher.overview(most); },
      .outbox = [this] { return std::shared_ptr<Outbox>(std::shared_ptr<Outbox>(), &running_->outbox); },
      .trouble = [] { return std::string(); }};
  return alert_view(sources, scheduler_.clock().wall());
}

}  // namespace picket::alertd::test
