// Objectives as people write them, and what is refused.
#include "tools/slo/objective.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/strings.h"
#include "tests/support/temp_dir.h"
#include "tools/slo/burn_windows.h"

namespace picket::slo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kEvents = ", events: {total: requests_total, errors: failures_total}";

class ObjectiveFiles : public testing::Test {
 protected:
  /// Of a file with one objective with these keys.
  Result<std::vector<Objective>> read(const std::string& keys) const {
    const std::string path =
        dir_.write("slo.yml", "service: shop\nslos:\n  - {name: x, objective: 99.9%" + keys + "}\n");
    return read_objectives({path}, files_);
  }
  Objective one(const std::string& keys) const {
    const auto objectives = read(keys);
    EXPECT_TRUE(objectives) << objectives.error().message;
    return objectives ? objectives->at(0) : Objective{};
  }
  /// "" when it is taken; else what is wrong, without the folder.
  std::string problems_of(const std::string& text) const {
    const auto objectives = read_objectives({dir_.write("slo.yml", text)}, files_);
    return objectives ? "" : replace_all(objectives.error().message, dir_.path() + "/", "");
  }
  std::string problems(const std::string& keys) const {
    const auto objectives = read(keys);
    return objectives ? "" : replace_all(objectives.error().message, dir_.path() + "/", "");
  }
  double budget(const std::string& objective) const {
    const std::string text = "service: s\nslos: [{name: x, objective: " + objective + kEvents + "}]\n";
    const auto objectives = read_objectives({dir_.write("slo.yml", text)}, files_);
    return objectives ? objectives->at(0).budget : -1;
  }

  const test::TempDir dir_;
  const RealFiles files_;
};

TEST_F(ObjectiveFiles, TakeARatioOrPercent) {
  for (const std::string text : {"99.9", "99.9%", "'99.9 %'", "0.999"})
    EXPECT_EQ(budget(text), 0.001) << text;
  EXPECT_EQ(budget("99.99999"), 1e-7);
  EXPECT_EQ(plain_number(budget("99.99999")), "1e-07");
}

TEST_F(ObjectiveFiles, RefuseWhatCannotBeMissedOrNeverMet) {
  for (const std::string text : {"100", "100%", "1", "1.0", "99.99999999"}) {
    EXPECT_THAT(problems_of(fmt::format("service: s\nslos: [{{name: x, objective: {}{}}}]\n", text, kEvents)),
                HasSubstr("100 % leaves no error budget"))
        << text;
  }
  for (const std::string text : {"0", "-1", "101", "0%", "120%"}) {
    EXPECT_THAT(problems_of(fmt::format("service: s\nslos: [{{name: x, objective: {}{}}}]\n", text, kEvents)),
                HasSubstr("must be above 0 % and below 100 %"))
        << text;
  }
  for (const std::string text : {"high", "NaN", "''"}) {
    EXPECT_THAT(problems_of(fmt::format("service: s\nslos: [{{name: x, objective: {}{}}}]\n", text, kEvents)),
                HasSubstr("must be a ratio or in percent"))
        << text;
  }
}

TEST_F(ObjectiveFiles, RefuseAnObjectiveThatNoPageCouldTellOf) {
  EXPECT_EQ(
      problems_of("service: s\nslos:\n  - {name: x, objective: 80" + kEvents + "}\n"),
      "slo.yml:3:26: slos[0].objective: is too low: if everything fails, the budget burns 5 times too fast, "
      "and the pages over 30 days need more than 6: at least 83.34 %");
  EXPECT_EQ(problems_of("service: s\nslos:\n  - {name: x, objective: 83.34" + kEvents + "}\n"), "");
}

TEST_F(ObjectiveFiles, TellEachMistakeWithItsPlace) {
  EXPECT_EQ(
      problems_of("slos:\n"
                  "  - name: a b\n"
                  "    objective: 99%\n"
                  "    window: 36h\n"
                  "    events: {total: 'sum(rate(x[1h]))', errors: 'sum(y)', good: 'z{'}\n"
                  "    teem: shop\n"),
      "slo.yml:2:5: slos[0].service: is required, here or above slos\n"
      "slo.yml:2:11: slos[0].name: must be letters, digits, - and _\n"
      "slo.yml:4:13: slos[0].window: must be whole days from 7d to 90d\n"
      "slo.yml:5:13: slos[0].events: needs either errors or good\n"
      "slo.yml:5:21: slos[0].events.total: looks back over [1h]: write [5m], longer windows are made from it\n"
      "slo.yml:5:49: slos[0].events.errors: must be a counter, such as http_requests_total{job=\"shop\"}, "
      "or an expression over [5m]\n"
      "slo.yml:5:65: slos[0].events.good: has a quote or bracket that does not close, or a comment\n"
      "slo.yml:6:5: slos[0]: unknown key \"teem\" (did you mean \"team\"?)");
}

TEST_F(ObjectiveFiles, NeedOneKindOfEvents) {
  EXPECT_THAT(problems(""), HasSubstr("needs either events or latency"));
  EXPECT_THAT(problems(kEvents + ", latency: {histogram: h, threshold: 1s}"),
              HasSubstr("needs either events or latency"));
  EXPECT_THAT(problems(", events: {errors: x}"), HasSubstr("total is required"));
}

TEST_F(ObjectiveFiles, TakeTheThresholdOfABucketOnly) {
  const std::string begin = ", latency: {histogram: h, buckets: [0.1, 0.25, 1], ";
  EXPECT_EQ(one(begin + "threshold: 250ms}").latency->threshold, 0.25);
  EXPECT_EQ(one(begin + "threshold: 1, fallback: 0.1}").latency->fallback, 0.1);
  EXPECT_THAT(problems(begin + "threshold: 50ms}"),
              HasSubstr("0.05 is below every bucket: one of 0.1, 0.25, 1"));
  EXPECT_THAT(problems(begin + "threshold: 2s}"), HasSubstr("2 is not the bound of a bucket: one of"));
  EXPECT_THAT(problems(begin + "threshold: 1s, fallback: 2s}"), HasSubstr("fallback: 2 is not the bound"));
  EXPECT_THAT(problems(", latency: {histogram: h_bucket, threshold: 1s}"),
              HasSubstr("named without _bucket"));
  EXPECT_THAT(problems(", latency: {histogram: h, threshold: 0s}"), HasSubstr("must be more than 0"));
  EXPECT_THAT(problems(", latency: {histogram: h, threshold: 1s, matchers: 'a=\"}'}"),
              HasSubstr("must be matchers"));
}

TEST_F(ObjectiveFiles, AreTakenTogetherAndNameEachObjectiveOnce) {
  const std::string text = "service: s\nslos: [{name: x, objective: 99%" + kEvents + "}]\n";
  const std::string a = dir_.write("a.yml", text), b = dir_.write("b.yml", text);
  const auto twice = read_objectives({a, b}, files_);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, b + ": s/x is defined twice, also in " + a);
}

TEST_F(ObjectiveFiles, GiveTheAlertsOfEachPeriodTheirPace) {
  const auto factors = [&](const std::string& window) {
    std::vector<std::string> texts;
    for (const BurnWindow& w : burn_windows(one(window + kEvents))) texts.push_back(plain_number(w.factor));
    return texts;
  };
  EXPECT_THAT(factors(""), ElementsAre("14.4", "6", "3", "1"));
  EXPECT_THAT(factors(", window: 28d"), ElementsAre("13.44", "5.6", "2.8", "0.933333333333"));
  EXPECT_THAT(factors(", window: 7d"), ElementsAre("13.44", "3.5", "1.4", "0.98"));
}

TEST_F(ObjectiveFiles, LetOneFailureAloneTellNobody) {
  const Objective objective = one(kEvents);
  std::vector<double> events;
  for (const BurnWindow& w : burn_windows(objective)) events.push_back(events_min(w, objective));
  EXPECT_THAT(events, ElementsAre(100, 167, 334, 1000));
  EXPECT_EQ(period_events_min(objective), 1000);
}

}  // namespace
}  // namespace picket::slo
