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

Told told(std::initializer_list<const char*> names, Duration ago) {
  Told t{.firing = {}, .at = kNow - ago};
  for (const char* name : names) t.firing.insert(alert(name).fingerprint());
  return t;
}

GroupView view(std::initializer_list<const char*> firing, std::initializer_list<const char*> resolved = {}) {
  GroupView v;
  for (const char* name : firing) v.firing.push_back(alert(name));
  for (const char* name : resolved) v.resolved.push_back(alert(name, true));
  return v;
}

Decision decide_now(const Told* before, const GroupView& group, bool send_resolved = true) {
  return decide(before, group,
                {.send_resolved = send_resolved, .repeat_interval = std::chrono::hours(4), .now = kNow});
}

TEST(Decision, SpeaksWhenSomethingIsNew) {
  const Told a = told({"a"}, std::chrono::minutes(5)), ab = told({"a", "b"}, std::chrono::minutes(5));
  const Told old = told({"a"}, std::chrono::hours(4)), none = told({}, std::chrono::minutes(5));
  struct Case {
    const char* what;
    const Told* before;
    GroupView group;
    SendReason reason;
    std::size_t alerts;
  };
  const std::vector<Case> cases = {
      {"nothing ever", nullptr, view({}), SendReason::Nothing, 0},
      {"first alert", nullptr, view({"a"}), SendReason::First, 1},
      {"ended before anybody was told", nullptr, view({}, {"a"}), SendReason::Nothing, 0},
      {"the same", &a, view({"a"}), SendReason::Nothing, 0},
      {"a second alert", &a, view({"a", "b"}), SendReason::NewAlerts, 2},
      {"one of two ended", &ab, view({"a"}, {"b"}), SendReason::Resolved, 2},
      {"all ended", &a, view({}, {"a"}), SendReason::Resolved, 1},
      {"an unknown one ended", &a, view({"a"}, {"c"}), SendReason::Nothing, 0},
      {"time to repeat", &old, view({"a"}), SendReason::Repeat, 1},
      {"fires again after the end was told", &none, view({"a"}), SendReason::First, 1},
  };
  for (const Case& c : cases) {
    const Decision decision = decide_now(c.before, c.group);
    EXPECT_EQ(to_string(decision.reason), to_string(c.reason)) << c.what;
    EXPECT_EQ(decision.alerts.size(), c.alerts) << c.what;
  }
}

TEST(Decision, ForgetsSilentlyWhenEndsAreNotWanted) {
  const Told ab = told({"a", "b"}, std::chrono::minutes(5));
  const Decision decision = decide_now(&ab, view({"a"}, {"b"}), false);
  EXPECT_EQ(decision.reason, SendReason::Nothing);
  ASSERT_TRUE(decision.after);
  EXPECT_EQ(decision.after->firing.size(), 1U);
  EXPECT_EQ(decision.after->at, ab.at) << "nothing was said: the repeat timer goes on";
}

TEST(Decision, KeepsInMindWhatIsMutedNow) {
  const Told ab = told({"a", "b"}, std::chrono::minutes(5));
  GroupView group = view({"a", "c"});
  group.muted.insert(alert("b").fingerprint());
  const Decision decision = decide_now(&ab, group);
  EXPECT_EQ(decision.reason, SendReason::NewAlerts);
  EXPECT_TRUE(decision.after->firing.contains(alert("b").fingerprint())) << "unmuting is no news";
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
