#include "alertd/dispatch/decision.h"

#include <gtest/gtest.h>

#include "alertd/inhibition/inhibition.h"

namespace picket::alertd {
namespace {

const Timestamp kNow(std::chrono::hours(1000));

Alert alert(const std::string& name, bool resolved = false) {
  Alert a;
  a.labels = Labels{{"alertname", name}};
  a.starts_at = kNow - std::chrono::hours(1);
  if (resolved) a.ends_at = kNow;
  return a;
}

std::set<Fingerprint> prints(std::initializer_list<const char*> names) {
  std::set<Fingerprint> fingerprints;
  for (const char* name : names) fingerprints.insert(alert(name).fingerprint());
  return fingerprints;
}

TargetState told(std::initializer_list<const char*> names, Duration ago = std::chrono::minutes(5)) {
  return {.last = LastNotification{prints(names), kNow - ago}, .waiting = std::nullopt};
}

TargetState waits(TargetState state, std::initializer_list<const char*> firing,
                  std::initializer_list<const char*> resolved = {}) {
  state.waiting = WaitingNotification{"id", prints(firing), prints(resolved), kNow - std::chrono::minutes(1)};
  return state;
}

GroupView view(std::initializer_list<const char*> firing, std::initializer_list<const char*> resolved = {}) {
  GroupView v;
  for (const char* name : firing) v.firing.push_back(alert(name));
  for (const char* name : resolved) v.resolved.push_back(alert(name, true));
  return v;
}

Decision decide_now(const TargetState& before, const GroupView& group, bool send_resolved = true) {
  return decide(before, group,
                {.send_resolved = send_resolved, .repeat_interval = std::chrono::hours(4), .now = kNow});
}

/// "a ~b"
std::string names_of(const Decision& decision) {
  std::string names;
  for (const Alert& told : decision.alerts)
    names +=
        (names.empty() ? "" : " ") + std::string(told.resolved() ? "~" : "") + told.labels.get("alertname");
  return names;
}

TEST(Decision, SpeaksWhenSomethingIsNew) {
  struct Case {
    const char* what;
    TargetState before;
    GroupView group;
    SendReason reason;
    std::string alerts;
  };
  const std::vector<Case> cases = {
      {"nothing ever", {}, view({}), SendReason::Nothing, ""},
      {"first alert", {}, view({"a"}), SendReason::First, "a"},
      {"ended before anybody was told", {}, view({}, {"a"}), SendReason::Nothing, ""},
      {"the same", told({"a"}), view({"a"}), SendReason::Nothing, ""},
      {"a second alert", told({"a"}), view({"a", "b"}), SendReason::NewAlerts, "a b"},
      {"one of two ended", told({"a", "b"}), view({"a"}, {"b"}), SendReason::Resolved, "a ~b"},
      {"all ended", told({"a"}), view({}, {"a"}), SendReason::Resolved, "~a"},
      {"an unknown one ended", told({"a"}), view({"a"}, {"c"}), SendReason::Nothing, ""},
      {"time to repeat", told({"a"}, std::chrono::hours(4)), view({"a"}), SendReason::Repeat, "a"},
      {"fires again after the end was told", told({}), view({"a"}), SendReason::First, "a"},
      {"what waits says it already", waits({}, {"a"}), view({"a"}), SendReason::Nothing, ""},
      {"more than what waits", waits({}, {"a"}), view({"a", "b"}), SendReason::NewAlerts, "a b"},
      {"what waits has ended", waits({}, {"a"}), view({}, {"a"}), SendReason::Resolved, "~a"},
      {"an end that waits goes along", waits(told({"a"}), {}, {"a"}), view({"b"}, {"a"}), SendReason::First,
       "b ~a"},
      {"what waits is old", waits(told({"a"}, std::chrono::hours(9)), {"a"}), view({"a"}),
       SendReason::Nothing, ""},
  };
  for (const Case& c : cases) {
    const Decision decision = decide_now(c.before, c.group);
    EXPECT_EQ(to_string(decision.reason), to_string(c.reason)) << c.what;
    EXPECT_EQ(names_of(decision), c.alerts) << c.what;
    EXPECT_EQ(decision.changed, c.reason != SendReason::Nothing) << c.what;
  }
}

TEST(Decision, WithoutSendResolvedAnEndIsForgottenQuietly) {
  const Decision decision = decide_now(told({"a", "b"}), view({"a"}, {"b"}), false);
  EXPECT_EQ(decision.reason, SendReason::Nothing);
  EXPECT_TRUE(decision.changed);
  EXPECT_EQ(decision.after.last->firing, prints({"a"}));
  // Whoever was told of neither beginning nor end hears of both when something else is said.
  EXPECT_EQ(names_of(decide_now(waits({}, {"b"}), view({"a"}, {"b"}), false)), "a ~b");
}

TEST(Decision, AMutedAlertThatWasToldIsNoNewsLater) {
  GroupView group = view({"b"});
  group.muted = prints({"a", "c"});
  const Decision decision = decide_now(told({"a"}), group);
  EXPECT_EQ(decision.after.waiting->firing, prints({"a", "b"})) << "c was not told: it is news once unmuted";
}

TEST(Inhibition, MutesTargetsThatShareTheEqualLabels) {
  const InhibitRule rule{.name = "",
                         .source = *parse_matchers(R"({severity="critical"})"),
                         .target = *parse_matchers(R"({severity=~"warning|critical"})"),
                         .equal = {"instance"}};
  const auto make = [](const char* severity, const char* instance) {
    Alert a = alert("x");
    a.labels = Labels{{"severity", severity}, {"instance", instance}};
    return a;
  };
  const std::vector<InhibitRule> rules{rule};
  const Inhibition inhibition(rules, {make("critical", "1")});
  EXPECT_TRUE(inhibition.mutes(make("warning", "1"), kNow));
  EXPECT_FALSE(inhibition.mutes(make("warning", "2"), kNow));
  EXPECT_FALSE(inhibition.mutes(make("critical", "1"), kNow))
      << "what matches both sides is not muted by such";
  Alert ended = make("critical", "1");
  ended.ends_at = kNow;
  EXPECT_FALSE(Inhibition(rules, {ended}).mutes(make("warning", "1"), kNow));
}

}  // namespace
}  // namespace picket::alertd
