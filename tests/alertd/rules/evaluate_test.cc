#include "alertd/rules/evaluate.h"

#include "tests/alertd/rules/rule_script.h"

namespace picket::alertd {
namespace {

using test::context_at;
using test::kStart;
using test::make_rule;
using test::play;
using test::vector_of;

constexpr Duration kMinute = std::chrono::minutes(1);

TEST(Evaluate, PendingBecomesFiringAfterForAndThenResolves) {
  play(make_rule("for: 2m"), {{0, "", ""},
                              {1, "a", "a:pending", "pending:a"},
                              {2, "a", "a:pending"},
                              {3, "a", "a:firing", "firing:a", "a"},
                              {4, "", "a:inactive", "resolved:a", "a"},
                              {5, "", "a:inactive", "", "a"}});
}

TEST(Evaluate, WithoutForItFiresAtOnce) {
  play(make_rule("for: 0s"), {{0, "a b", "a:firing b:firing", "firing:a firing:b", "a b"},
                              {1, "b", "a:inactive b:firing", "resolved:a", "a b"}});
}

TEST(Evaluate, AGapEndsPendingAndTheTimerStartsAgain) {
  play(make_rule("for: 2m"), {{0, "a", "a:pending", "pending:a"},
                              {1, "", "", "dropped:a"},
                              {2, "a", "a:pending", "pending:a"},
                              {3, "a", "a:pending"},
                              {4, "a", "a:firing", "firing:a", "a"}});
}

TEST(Evaluate, KeepFiringForBridgesGaps) {
  play(make_rule("for: 0s, keep_firing_for: 3m"), {{0, "a", "a:firing", "firing:a", "a"},
                                                   {1, "", "a:firing", "", "a"},
                                                   {3, "", "a:firing", "", "a"},
                                                   {3.5, "a", "a:firing", "", ""},
                                                   {4, "", "a:firing", "", "a"},
                                                   {6.9, "", "a:firing", "", "a"},
                                                   {7, "", "a:inactive", "resolved:a", "a"}});
}

TEST(Evaluate, KeepFiringForDoesNotHelpAPendingAlert) {
  play(make_rule("for: 5m, keep_firing_for: 3m"),
       {{0, "a", "a:pending", "pending:a"}, {1, "", "", "dropped:a"}});
}

TEST(Evaluate, AResolvedAlertIsRememberedForFifteenMinutes) {
  play(make_rule("for: 0s"), {{0, "a", "a:firing", "firing:a", "a"},
                              {1, "", "a:inactive", "resolved:a", "a"},
                              {16, "", "a:inactive", "", "a"},
                              {16.5, "", ""}});
}

TEST(Evaluate, AResolvedAlertThatComesBackIsANewOne) {
  const auto state = play(make_rule("for: 1m"), {{0, "a", "a:pending", "pending:a"},
                                                 {1, "a", "a:firing", "firing:a", "a"},
                                                 {2, "", "a:inactive", "resolved:a", "a"},
                                                 {3, "a", "a:pending", "pending:a"},
                                                 {4, "a", "a:firing", "firing:a", "a"}});
  const ActiveAlert& alert = state.alerts.begin()->second;
  EXPECT_EQ(alert.active_at, kStart + 3 * kMinute);
  EXPECT_EQ(alert.fired_at, kStart + 4 * kMinute);
  EXPECT_EQ(alert.resolved_at, kNever);
}

TEST(Evaluate, AFailedQueryChangesNothingAndFiringAlertsStayValid) {
  const auto state = play(make_rule("for: 2m"), {{0, "a", "a:pending", "pending:a"},
                                                 {1, "fail", "a:pending"},
                                                 {2, "a", "a:firing", "firing:a", "a"},
                                                 {3, "fail", "a:firing", "", "a"},
                                                 {60, "fail", "a:firing", "", "a"}});
  EXPECT_EQ(state.alerts.begin()->second.valid_until, kStart + 64 * kMinute);
  EXPECT_EQ(state.health, RuleHealth::Bad);
  EXPECT_EQ(state.last_error, "no answer");
}

TEST(Evaluate, AnAnswerThatIsNotWholeResolvesNothingForAnHourAndNewAlertsInItCount) {
  const auto state = play(make_rule("for: 2m"),
                          {{0, "a b", "a:pending b:pending", "pending:a pending:b"},
                           {2, "a b", "a:firing b:firing", "firing:a firing:b", "a b"},
                           {3, "a c", "a:firing b:inactive c:pending", "pending:c resolved:b", "a b"},
                           {4, "partial d", "a:firing b:inactive c:pending d:pending", "pending:d", "a b"},
                           {6, "partial d", "a:firing b:inactive c:pending d:firing", "firing:d", "a b d"},
                           {63.9, "partial a d", "a:firing c:pending d:firing", "", "a d"},
                           {64, "partial a d", "a:firing d:firing", "dropped:c", ""}});
  EXPECT_EQ(state.health, RuleHealth::Bad);
  EXPECT_EQ(state.last_error, "the answer is not whole: a store is away");
  // `a` was seen at 64: its hour begins anew. The first whole answer counts at once.
  play(make_rule("for: 2m"),
       {{65, "partial d", "a:firing d:firing", "", "a d"},
        {124.9, "partial d", "a:firing d:firing", "", "a d"},
        {125, "partial", "a:inactive d:firing", "resolved:a", "a"},
        {126, "", "a:inactive d:inactive", "resolved:d", "a d"}},
       state);
}

TEST(Evaluate, AHeldAlertOfKeepFiringForDoesNotResolveInAnAnswerThatIsNotWhole) {
  play(make_rule("for: 0s, keep_firing_for: 3m"), {{0, "a", "a:firing", "firing:a", "a"},
                                                   {1, "", "a:firing", "", "a"},
                                                   {10, "partial", "a:firing", "", "a"},
                                                   {11, "", "a:inactive", "resolved:a", "a"}});
}

TEST(Evaluate, ForIsReadAnewSoAShorterOneFires) {
  const auto state = play(make_rule("for: 1h"), {{0, "a", "a:pending", "pending:a"}});
  play(make_rule("for: 1m"), {{1, "a", "a:firing", "firing:a", "a"}}, state);
}

TEST(Evaluate, SendsAgainAfterTheResendDelay) {
  const auto state = play(make_rule("for: 0s"), {{0, "a", "a:firing", "firing:a", "a"},
                                                 {0.5, "a", "a:firing"},
                                                 {1, "a", "a:firing", "", "a"},
                                                 {1.25, "a", "a:firing"}});
  const ActiveAlert& alert = state.alerts.begin()->second;
  EXPECT_EQ(alert.last_sent_at, kStart + kMinute);
  EXPECT_EQ(alert.valid_until, kStart + 5 * kMinute);
}

TEST(Evaluate, MoreAlertsThanTheLimitFailTheRuleAndKeepWhatWasThere) {
  const auto rule = make_rule("for: 0s");
  const auto state = play(rule, {{0, "a b", "a:firing b:firing", "firing:a firing:b", "a b"}}, {}, 2);
  EvaluationContext context = context_at(1);
  context.limit = 2;
  const auto over = evaluate(rule, state, vector_of("a b c"), context);
  ASSERT_TRUE(over.error);
  EXPECT_EQ(over.error->message, "exceeded limit of 2 with 3 alerts");
  EXPECT_EQ(test::states_of(over.next), "a:firing b:firing");
  EXPECT_TRUE(over.changes.empty());
}

TEST(Evaluate, TwoSamplesWithTheSameLabelsFailTheRule) {
  const auto rule = make_rule("labels: {i: same}");
  const auto transition = evaluate(rule, {}, vector_of("a b"), context_at(0));
  ASSERT_TRUE(transition.error);
  EXPECT_NE(transition.error->message.find("same labelset after applying alert labels"), std::string::npos);
  EXPECT_TRUE(transition.next.alerts.empty());
}

TEST(Evaluate, LabelsAndAnnotationsAreExpandedAndTheNameIsTheRules) {
  const auto rule = make_rule(
      R"(labels: {severity: "{{ if gt $value 5.0 }}page{{ else }}warn{{ end }}", empty: "{{ $labels.none }}", alertname: x},)"
      R"(annotations: {text: "{{ $labels.i }} of {{ $labels.__name__ }} is {{ $value }}", ext: "{{ $externalLabels.region }}"})");
  EvaluationContext context = context_at(0);
  context.external_labels = Labels({{"region", "eu"}});
  Vector vector = vector_of("a");
  vector.samples[0].value = 7.25;
  const auto transition = evaluate(rule, {}, vector, context);
  ASSERT_EQ(transition.next.alerts.size(), 1U);
  const ActiveAlert& alert = transition.next.alerts.begin()->second;
  EXPECT_EQ(alert.labels.to_string(), R"({alertname="A", i="a", severity="page"})");
  EXPECT_EQ(alert.annotations.to_string(), R"({ext="eu", text="a of up is 7.25"})");
  EXPECT_EQ(alert.value, 7.25);
}

TEST(Evaluate, AnAlertKeepsTheExternalLabelsThatItBeganToFireWith) {
  const auto rule = make_rule("for: 1m, labels: {region: own}");
  EvaluationContext context = context_at(0);
  RuleTransition transition;
  const auto at = [&](double minute, const std::string& samples, const Labels& external) {
    context = context_at(minute);
    context.external_labels = external;
    transition = evaluate(rule, transition.next, vector_of(samples), context);
    return transition.send.empty() ? "" : transition.send[0].sent_labels().to_string();
  };
  EXPECT_EQ(at(0, "a", Labels({{"cluster", "before"}})), "");
  const std::string sent = R"({alertname="A", cluster="prod", i="a", region="own"})";
  EXPECT_EQ(at(1, "a", Labels({{"cluster", "prod"}, {"region", "eu"}})), sent);
  EXPECT_EQ(at(2, "a", Labels({{"cluster", "after"}})), sent);
  EXPECT_EQ(at(3, "", Labels()), sent);
  EXPECT_EQ(transition.send[0].state, AlertState::Inactive);
  // One that comes back is a new one.
  EXPECT_EQ(at(4, "a", Labels()), "");
  EXPECT_EQ(at(5, "a", Labels()), R"({alertname="A", i="a", region="own"})");
  // The rule's states are known by its own labels, and $labels has no others.
  EXPECT_EQ(transition.next.alerts.begin()->first.find("cluster"), nullptr);
}

TEST(Evaluate, AFailingTemplateIsCountedAndTheAlertStillGoesOut) {
  const auto rule = make_rule(R"(for: 0s, annotations: {text: "{{ query `x` | first }}", fine: ok})");
  const auto transition = evaluate(rule, {}, vector_of("a"), context_at(0));
  EXPECT_EQ(transition.template_failures, 1U);
  ASSERT_EQ(transition.send.size(), 1U);
  EXPECT_EQ(transition.send[0].annotations.get("fine"), "ok");
  EXPECT_EQ(transition.send[0].annotations.get("text").find("<error expanding template: rules.yml:1:"), 0U);
}

TEST(Evaluate, ValueAndAnnotationsFollowTheSampleWithoutBeingDirty) {
  const auto rule =
      make_rule(R"(for: 0s, annotations: {text: "{{ $value }}", none: "", nor: "{{ $labels.none }}"})");
  auto state = play(rule, {{0, "a", "a:firing", "firing:a", "a"}});
  Vector vector = vector_of("a");
  vector.samples[0].value = 9;
  const auto transition = evaluate(rule, state, vector, context_at(1));
  const ActiveAlert& alert = transition.next.alerts.begin()->second;
  EXPECT_EQ(alert.annotations.to_string(), R"({none="", nor="", text="9"})");
  EXPECT_FALSE(alert.dirty);
}

TEST(Evaluate, ARetiredRuleResolvesWhatFires) {
  const auto state =
      play(make_rule("for: 1m"),
           {{0, "a", "a:pending", "pending:a"}, {1, "a b", "a:firing b:pending", "firing:a pending:b", "a"}});
  const auto transition = retire(state, context_at(2));
  EXPECT_EQ(test::changes_of(transition), "dropped:b resolved:a");
  ASSERT_EQ(transition.send.size(), 1U);
  EXPECT_EQ(transition.send[0].state, AlertState::Inactive);
  EXPECT_EQ(transition.send[0].resolved_at, kStart + 2 * kMinute);
  EXPECT_TRUE(transition.next.alerts.empty());
  EXPECT_EQ(transition.next.forgotten.size(), 2U);
}

}  // namespace
}  // namespace picket::alertd
