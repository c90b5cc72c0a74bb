// Plays a rule through time: each step gives the labels for which the condition holds and tells what is
// expected then. Times are minutes after the start.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "alertd/rules/evaluate.h"
#include "alertd/rules/rule_loader.h"
#include "alertd/rules/rule_state_store.h"
#include "base/files/files.h"
#include "base/text/strings.h"
#include "tests/support/manual_scheduler.h"

namespace picket::alertd::test {

inline constexpr Timestamp kStart = picket::test::ManualClock::kStart;

/// `samples` is "a b": the values of the label `i`; "partial a b" for an answer that is not whole, "fail" for
/// a query that fails. `states` is what is remembered after it: "a:pending b:firing c:inactive". `changes` as
/// "firing:a resolved:b". `sent` names what is sent.
struct Step {
  double minute;
  std::string samples;
  std::string states;
  std::string changes = {};
  std::string sent = {};
};

/// The first alerting rule of the text of a rule file's group body.
inline RuleGroups load_groups(const std::string& yaml) {
  const RealFiles files;
  auto loaded = parse_rules(yaml, "rules.yml", {}, files);
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
  return loaded ? loaded->groups : RuleGroups();
}

inline AlertingRule make_rule(const std::string& fields) {
  const auto groups = load_groups("groups: [{name: g, rules: [{alert: A, expr: up == 0, " + fields + "}]}]");
  return groups.at(0)->rules.at(0);
}

inline Vector vector_of(const std::string& samples) {
  Vector vector;
  for (const std::string_view name : split(samples, ' ')) {
    if (name == "partial") {
      vector.partial = "a store is away";
    } else if (!name.empty())
      vector.samples.push_back({Labels({{"__name__", "up"}, {"i", std::string(name)}}), 1, {}});
  }
  return vector;
}

inline std::string joined(std::vector<std::string> words) {
  std::ranges::sort(words);
  return join(words, " ");
}

inline std::string states_of(const RuleState& state) {
  std::vector<std::string> words;
  words.reserve(state.alerts.size());
  for (const auto& [labels, alert] : state.alerts) {
    words.push_back(labels.get("i") + ":" + std::string(to_string(alert.state)));
  }
  return joined(std::move(words));
}

inline std::string changes_of(const RuleTransition& transition) {
  std::vector<std::string> words;
  words.reserve(transition.changes.size());
  for (const ChangedAlert& c : transition.changes) {
    words.push_back(std::string(to_string(c.change)) + ":" + c.alert.labels.get("i"));
  }
  return joined(std::move(words));
}

inline std::string sent_of(const RuleTransition& transition) {
  std::vector<std::string> words;
  words.reserve(transition.send.size());
  for (const ActiveAlert& alert : transition.send) words.push_back(alert.labels.get("i"));
  return joined(std::move(words));
}

inline EvaluationContext context_at(double minute) {
  EvaluationContext context;
  context.now = kStart + from_seconds(minute * 60);
  return context;
}

/// Answers the state at the end.
inline RuleState play(const AlertingRule& rule, std::initializer_list<Step> steps, RuleState state = {},
                      std::int64_t limit = 0) {
  for (const Step& step : steps) {
    EvaluationContext context = context_at(step.minute);
    context.limit = limit;
    const Error broken{ErrorKind::Unavailable, "no answer"};
    RuleTransition transition = step.samples == "fail"
                                    ? hold_state(state, broken, context)
                                    : evaluate(rule, state, vector_of(step.samples), context);
    EXPECT_EQ(states_of(transition.next), step.states) << "minute " << step.minute;
    EXPECT_EQ(changes_of(transition), step.changes) << "minute " << step.minute;
    EXPECT_EQ(sent_of(transition), step.sent) << "minute " << step.minute;
    state = std::move(transition.next);
    mark_saved(state);
  }
  return state;
}

}  // namespace picket::alertd::test
