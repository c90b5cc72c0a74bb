#include "alertd/routing/route_tree.h"

#include <gtest/gtest.h>

#include "alertd/routing/muter.h"
#include "base/files/files.h"

namespace picket::alertd {
namespace {

RouteConfig parse(const std::string& yaml) {
  const RealFiles files;
  const Result<RouteConfig> config = parse_config<RouteConfig>(yaml, "alertd.yml", files);
  EXPECT_TRUE(config) << (config ? "" : config.error().message);
  return config ? *config : RouteConfig{};
}

constexpr std::string_view kTree = R"(
receiver: default
group_by: [alertname]
group_wait: 1s
routes:
  - matchers: ['severity="critical"']
    receiver: pager
    continue: true
    group_wait: 0s
    routes:
      - matchers: ['team="db"']
        receiver: db
  - matchers: ['severity=~"critical|warning"']
    receiver: chat
    group_by: ['...']
  - match: {severity: info}
    receiver: nowhere
)";

TEST(RouteTree, TakesTheDeepestMatchAndGoesOnOnlyWhenToldTo) {
  const RouteTree tree(parse(std::string(kTree)));
  const std::vector<std::pair<Labels, std::vector<std::string>>> cases = {
      {{{"severity", "critical"}}, {"pager", "chat"}},
      {{{"severity", "critical"}, {"team", "db"}}, {"db", "chat"}},
      {{{"severity", "warning"}, {"team", "db"}}, {"chat"}},
      {{{"severity", "info"}}, {"nowhere"}},
      {{{"severity", "none"}}, {"default"}},
      {{}, {"default"}},
  };
  for (const auto& [labels, expected] : cases) {
    std::vector<std::string> receivers;
    for (const Route* route : tree.match(labels)) receivers.push_back(route->receiver);
    EXPECT_EQ(receivers, expected) << labels.to_string();
  }
}

TEST(RouteTree, InheritsWhatAChildDoesNotSay) {
  const RouteTree tree(parse(std::string(kTree)));
  const Route* db = tree.match({{"severity", "critical"}, {"team", "db"}}).front();
  EXPECT_EQ(db->group_wait, Duration::zero());
  EXPECT_EQ(db->repeat_interval, std::chrono::hours(4));
  EXPECT_EQ(db->group_by, std::vector<std::string>{"alertname"});
}

TEST(RouteTree, NamesGroupsByRouteAndLabels) {
  const RouteTree tree(parse(std::string(kTree)));
  const Labels alert{{"alertname", "Down"}, {"severity", "warning"}};
  const Route* chat = tree.match(alert).front();
  EXPECT_EQ(chat->group_labels(alert), alert);
  EXPECT_EQ(chat->group_key(chat->group_labels(alert)),
            R"({}/{severity=~"critical|warning"}:{alertname="Down", severity="warning"})");
}

TEST(Routes, NameEveryMistakeWithItsPlace) {
  Problems problems("alertd.yml");
  const RouteConfig config =
      parse("receiver: defualt\nroutes:\n  - mute_time_intervals: [weekend]\n    receiver: pager\n");
  check_routes(config, {"default", "pager"}, {"weekends"}, problems);
  EXPECT_EQ(problems.error().message,
            "alertd.yml:1:1: route.receiver: \"defualt\" is not defined (did you mean \"default\"?)\n"
            "alertd.yml:3:5: route: time interval \"weekend\" is not defined (did you mean \"weekends\"?)");
}

TEST(Routes, AreMutedInsideTheirIntervals) {
  const RealFiles files;
  const Result<NamedInterval> night = parse_config<NamedInterval>(
      "name: night\ntime_intervals:\n  - times: [{start_time: '22:00', end_time: '24:00'}]\n    location: "
      "Europe/Berlin\n",
      "x", files);
  ASSERT_TRUE(night) << night.error().message;
  Route route;
  route.mute_time_intervals = {"night"};
  const Timestamp winter_evening(std::chrono::seconds(1767648600));  // 2026-01-05 21:30 UTC, 22:30 in Berlin
  const std::vector<NamedInterval> intervals{*night};
  const IntervalMuter muter(intervals);
  const auto why = [&](Timestamp now) { return muter.mutes_route(route, now).value_or(MuteReason{}).by; };
  EXPECT_EQ(why(winter_evening), "time interval night");
  EXPECT_EQ(why(winter_evening - std::chrono::hours(2)), "");
  route = Route{};
  route.active_time_intervals = {"night"};
  EXPECT_EQ(why(winter_evening), "");
  EXPECT_EQ(why(winter_evening - std::chrono::hours(2)), "outside its active time intervals");
}

}  // namespace
}  // namespace picket::alertd
