#include "alertd/rules/rule_scheduler.h"

#include <fmt/format.h>

#include <iterator>
#include <set>

#include "alertd/rules/retired_rules.h"
#include "alertd/rules/rule_group_runner.h"
#include "alertd/rules/rule_takeover.h"

namespace picket::alertd {

namespace {

constexpr std::size_t kMostNamed = 20;

/// One line for all of them: who expects their series hears of it.
void warn_of_recording_rules(const RuleGroups& groups, Logger& log) {
  std::size_t count = 0;
  std::string names;
  for (const auto& group : groups) {
    for (const RecordingRule& rule : group->recording_rules) {
      if (count++ < kMostNamed)
        names += fmt::format("{}{}: {}", names.empty() ? "" : ", ", group->name, rule.name);
    }
  }
  if (count == 0) return;
  if (count > kMostNamed) names += fmt::format(" and {} more", count - kMostNamed);
  log.warn("recording rules are not evaluated", {{"count", count}, {"rules", names}});
}

}  // namespace

RuleScheduler::RuleScheduler(RuleServices services) : services_(services) {}

RuleScheduler::~RuleScheduler() {
  stop();
}

void RuleScheduler::start(RuleGroups groups, const RuleSettings& settings, StoredRules states) {
  const MutexLock control(control_);
  retired_ = std::make_shared<RetiredRules>(services_);
  install(std::move(groups), settings, std::move(states));
}

void RuleScheduler::reload(RuleGroups groups, const RuleSettings& settings) {
  const MutexLock control(control_);
  std::set<std::string> kept;
  for (const auto& group : groups) kept.insert(group->label());
  const std::vector<GroupStatus> before = status();
  StoredRules states = take_down();
  states.merge(retired_->take_back());
  for (const GroupStatus& group : before) {
    if (!kept.contains(group.group->label())) services_.metrics.group_removed(group.group->label());
  }
  install(std::move(groups), settings, std::move(states));
}

void RuleScheduler::stop() {
  const MutexLock control(control_);
  if (retired_) retired_->stop();
  take_down();
}

std::vector<GroupStatus> RuleScheduler::status() const {
  std::vector<std::shared_ptr<RuleGroupRunner>> runners;
  {
    const MutexLock lock(mutex_);
    runners = runners_;
  }
  std::vector<GroupStatus> groups;
  groups.reserve(runners.size());
  for (const auto& runner : runners) groups.push_back(runner->status());
  return groups;
}

void RuleScheduler::install(RuleGroups groups, const RuleSettings& settings, StoredRules states) {
  warn_of_recording_rules(groups, services_.log);
  std::vector<std::shared_ptr<RuleGroupRunner>> runners;
  std::vector<StoredRule> rules = take_over(groups, states);
  auto next = rules.begin();
  for (auto& group : groups) {
    const auto end = next + static_cast<std::ptrdiff_t>(group->rules.size());
    std::vector<StoredRule> own(std::make_move_iterator(next), std::make_move_iterator(end));
    next = end;
    runners.push_back(std::make_shared<RuleGroupRunner>(services_, std::move(group), settings));
    runners.back()->start(std::move(own));
  }
  {
    const MutexLock lock(mutex_);
    runners_ = std::move(runners);
  }
  // What no rule has taken over belongs to rules that are no more.
  retired_->add(std::move(states));
}

StoredRules RuleScheduler::take_down() {
  std::vector<std::shared_ptr<RuleGroupRunner>> runners;
  {
    const MutexLock lock(mutex_);
    runners = std::exchange(runners_, {});
  }
  for (const auto& runner : runners) runner->request_stop();
  StoredRules states;
  for (const auto& runner : runners) {
    runner->stop();
    runner->give_back(states);
  }
  return states;
}

}  // namespace picket::alertd
