// What a rule may do to its labels and what becomes of it in ALERTS. That Prometheus reads it as it reads its
// own alerts is tests/e2e/alertd_api.
#include "alertd/api/alerts_exposition.h"

#include <gtest/gtest.h>

namespace picket::alertd {
namespace {

ActiveAlert alert(Labels labels, AlertState state, int active_at) {
  return {
      .labels = std::move(labels), .state = state, .active_at = Timestamp(std::chrono::seconds(active_at))};
}

std::string exposed(std::vector<std::vector<ActiveAlert>> rules) {
  GroupStatus group;
  for (std::vector<ActiveAlert>& alerts : rules) {
    RuleState state;
    for (ActiveAlert& active : alerts) state.alerts.emplace(active.labels, active);
    group.states.push_back(std::make_shared<const RuleState>(std::move(state)));
  }
  return alerts_exposition({group}, Request()).body;
}

TEST(AlertsExposition, HasWhatIsPendingAndWhatFires) {
  EXPECT_EQ(exposed({{alert({{"alertname", "Down"}, {"job", "shop"}}, AlertState::Firing, 1767614400)},
                     {alert({{"alertname", "Slow"}, {"path", "a\"b"}}, AlertState::Pending, 1767614460),
                      alert({{"alertname", "Gone"}}, AlertState::Inactive, 1767614400)}}),
            R"(# HELP ALERTS Pending and firing alerts.
# TYPE ALERTS gauge
ALERTS{alertname="Down",alertstate="firing",instance="",job="shop",path=""} 1
ALERTS{alertname="Slow",alertstate="pending",instance="",job="",path="a\"b"} 1
# HELP ALERTS_FOR_STATE When each of them became active, Unix time.
# TYPE ALERTS_FOR_STATE gauge
ALERTS_FOR_STATE{alertname="Down",alertstate="",instance="",job="shop",path=""} 1767614400
ALERTS_FOR_STATE{alertname="Slow",alertstate="",instance="",job="",path="a\"b"} 1767614460
)");
}

TEST(AlertsExposition, OfTwoThatAreTheSameHasOneSinceTheEarlier) {
  const ActiveAlert later = alert({{"alertname", "Down"}, {"\xC3\xA4", "left out"}}, AlertState::Firing, 20);
  const ActiveAlert earlier =
      alert({{"alertname", "Down"}, {"\xC3\xB6", "left out"}}, AlertState::Firing, 10);
  const std::string text = exposed({{later}, {earlier}});
  EXPECT_NE(text.find("ALERTS{alertname=\"Down\",alertstate=\"firing\",instance=\"\",job=\"\"} 1\n"
                      "# HELP ALERTS_FOR_STATE"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("job=\"\"} 10\n"), std::string::npos) << text;
}

TEST(AlertsExposition, TakesNoStateFromARule) {
  const std::string text =
      exposed({{alert({{"alertname", "Down"}, {"alertstate", "forged"}}, AlertState::Pending, 10)}});
  EXPECT_NE(text.find("ALERTS{alertname=\"Down\",alertstate=\"pending\""), std::string::npos) << text;
  EXPECT_EQ(text.find("ALERTS{alertname=\"Down\",alertstate=\"forged\""), std::string::npos) << text;
}

TEST(AlertsExposition, OfBrokenTextHasTheRepairedOnce) {
  const std::string text =
      exposed({{alert({{"alertname", "Down"}, {"host", "a\xFF"}}, AlertState::Firing, 10),
                alert({{"alertname", "Down"}, {"host", "a\xFE"}}, AlertState::Firing, 20)}});
  EXPECT_NE(text.find("host=\"a\xEF\xBF\xBD\",instance=\"\",job=\"\"} 1\n# HELP"), std::string::npos) << text;
}

TEST(AlertsExposition, IsEmptyWithoutAlerts) {
  EXPECT_EQ(exposed({{}}), "");
}

}  // namespace
}  // namespace picket::alertd
