#include "exporters/health/checks/health_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/health/service/fake_prober.h"

namespace picket::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

Result<HealthConfig> parse(std::string_view text) {
  static const ProberRegistry registry = test::fake_registry();
  static const RealFiles files;
  return parse_health_config(text, "health.yml", files, registry);
}

TEST(HealthConfig, HasDefaultsForWhatIsLeftOut) {
  const auto config = parse("checks: [{name: redis, prober: {fake: {target: '127.0.0.1:6379'}}}]");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->checks.size(), 1U);
  const CheckConfig& check = *config->checks[0];
  EXPECT_EQ(check.name, "redis");
  EXPECT_EQ(check.group, "default");
  EXPECT_EQ(check.criticality, Criticality::Important);
  EXPECT_EQ(check.interval, minutes(5));
  EXPECT_EQ(check.timeout, seconds(5));
  EXPECT_EQ(check.policy.failures_before_down, 1U);
  EXPECT_EQ(check.kind(), "fake");
  EXPECT_EQ(check.target(), "127.0.0.1:6379");
  ASSERT_EQ(config->groups.size(), 1U);
  EXPECT_EQ(config->groups[0].name, "default");
}

TEST(HealthConfig, AnSloHasAnObjectiveOfThreeNines) {
  const auto config = parse(R"(
checks: [{name: a, prober: {fake: {target: x}}}]
slos: [{name: s, checks: [a]}, {name: t, objective: 0.95, checks: [a]}]
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->slos[0].objective, 0.999);
  EXPECT_EQ(config->slos[1].objective, 0.95);
}

TEST(HealthConfig, TimeoutFollowsAShortInterval) {
  const auto config = parse("checks: [{name: a, interval: 2s, prober: {fake: {target: x}}}]");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->checks[0]->timeout, seconds(2));
}

TEST(HealthConfig, MayBeEmpty) {
  for (const char* text : {"", "checks: []", "checks:"}) {
    const auto config = parse(text);
    ASSERT_TRUE(config) << text << ": " << config.error().message;
    EXPECT_TRUE(config->checks.empty());
  }
}

TEST(HealthConfig, ReadsEverything) {
  const auto config = parse(R"(
groups:
  - {name: core, title: Core platform}
checks:
  - name: api
    group: core
    criticality: critical
    interval: 15s
    timeout: 4s
    degraded_above: 100ms
    down_above: 300ms
    failures_before_down: 3
    successes_before_up: 2
    flapping: {changes: 4, within: 10m}
    recommendation: Look at the API's log
    maintenance: [{weekdays: [sunday], times: [{start_time: "02:00", end_time: "03:00"}], location: Europe/Berlin}]
    prober: {fake: {target: "http://127.0.0.1/"}}
heartbeats:
  - {name: backup, group: core, ttl: 1h, token: s3cret}
maintenance:
  - {name: move, groups: [core], windows: [{from: "2026-01-05T10:00:00Z", until: "2026-01-05T13:00:00Z"}]}
target_policy: {allow: [169.254.0.0/16], deny: [10.0.0.0/8]}
business: {checks: [api]}
history: {retention: 30d}
events: {max: 50, retention: 2d}
api: {token: t0ken}
concurrency: 7
)");
  ASSERT_TRUE(config) << config.error().message;
  const CheckConfig& api = *config->checks[0];
  EXPECT_EQ(*api.policy.degraded_above, milliseconds(100));
  EXPECT_EQ(*api.policy.down_above, milliseconds(300));
  EXPECT_EQ(api.policy.failures_before_down, 3U);
  EXPECT_EQ(api.policy.successes_before_up, 2U);
  EXPECT_EQ(api.policy.flapping.changes, 4U);
  EXPECT_EQ(api.maintenance.size(), 2U);
  const CheckConfig& backup = *config->checks[1];
  EXPECT_EQ(backup.kind(), "heartbeat");
  EXPECT_EQ(backup.heartbeat->ttl, std::chrono::hours(1));
  EXPECT_EQ(backup.heartbeat->token.reveal(), "s3cret");
  EXPECT_EQ(backup.maintenance.size(), 1U);
  EXPECT_EQ(config->groups.size(), 1U);
  EXPECT_EQ(config->groups[0].title, "Core platform");
  EXPECT_EQ(config->target_policy.allow.size(), 1U);
  EXPECT_EQ(config->target_policy.deny.size(), AddressPolicy::default_deny().size() + 1);
  EXPECT_EQ(config->business_checks, std::vector<std::string>{"api"});
  EXPECT_EQ(config->history_retention, std::chrono::hours(24 * 30));
  EXPECT_EQ(config->events_max, 50U);
  EXPECT_EQ(config->api_token.reveal(), "t0ken");
  EXPECT_EQ(config->concurrency, 7U);
}

struct BadConfig {
  const char* what;
  const char* text;
  std::vector<const char*> problems;
};

class BadHealthConfig : public ::testing::TestWithParam<BadConfig> {};

TEST_P(BadHealthConfig, IsRefusedWithPositionAndKey) {
  const auto config = parse(GetParam().text);
  ASSERT_FALSE(config);
  for (const char* problem : GetParam().problems) EXPECT_THAT(config.error().message, HasSubstr(problem));
}

const BadConfig kBadConfigs[] = {
    {"DuplicateName",
     "checks:\n- {name: a, prober: {fake: {target: x}}}\n- {name: a, prober: {fake: {target: x}}}",
     {"health.yml:3:10: checks[1].name: \"a\" is defined twice"}},
    {"NameOfAHeartbeatTaken",
     "checks:\n- {name: a, prober: {fake: {target: x}}}\nheartbeats:\n- {name: a}",
     {"health.yml:4:10: heartbeats[0].name: \"a\" is defined twice"}},
    {"UnknownGroup",
     "groups: [{name: core}]\nchecks:\n- {name: a, group: cor, prober: {fake: {target: x}}}",
     {"health.yml:3:20: checks[0].group: \"cor\" is not in groups (did you mean \"core\"?)"}},
    {"TimeoutLongerThanInterval",
     "checks:\n- {name: a, interval: 5s, timeout: 6s, prober: {fake: {target: x}}}",
     {"health.yml:2:36: checks[0].timeout: must not be longer than the interval (5s)"}},
    {"IntervalUnderASecond",
     "checks:\n- {name: a, interval: 500ms, prober: {fake: {target: x}}}",
     {"checks[0].interval: must be between 1s and 7d"}},
    {"DegradedNotBelowDown",
     "checks:\n- {name: a, degraded_above: 300ms, down_above: 300ms, prober: {fake: {target: x}}}",
     {"checks[0].degraded_above: must be less than down_above (300ms)"}},
    {"ThresholdBeyondTimeout",
     "checks:\n- {name: a, timeout: 1s, down_above: 2s, prober: {fake: {target: x}}}",
     {"checks[0].down_above: is never reached: the timeout is 1s"}},
    {"MisspeltTimeout",
     "checks:\n- {name: a, timeot: 1s, prober: {fake: {target: x}}}",
     {"did you mean \"timeout\"?"}},
    {"UnknownProber",
     "checks:\n- {name: a, prober: {fak: {target: x}}}",
     {"health.yml:2:22: checks[0].prober.fak: no such prober (did you mean \"fake\"?)"}},
    {"TwoProbers",
     "checks:\n- {name: a, prober: {fake: {target: x}, other: {}}}",
     {"checks[0].prober: must be a map with exactly one key"}},
    {"NoProber", "checks:\n- {name: a}", {"health.yml:2:3: checks[0]: prober: is missing"}},
    {"NoName", "checks:\n- {prober: {fake: {target: x}}}", {"health.yml:2:3", "name"}},
    {"BadName",
     "checks:\n- {name: 'a b', prober: {fake: {target: x}}}",
     {"checks[0].name: must be letters, digits"}},
    {"ProberSettings", "checks:\n- {name: a, prober: {fake: {taget: x}}}", {"target", "did you mean"}},
    {"UnknownKeys", "chekcs: []", {"health.yml:1:1", "did you mean \"checks\"?"}},
    {"BusinessOfUnknownCheck",
     "checks: [{name: api, prober: {fake: {target: x}}}]\nbusiness: {checks: [ap]}",
     {"health.yml:2:21: business.checks[0]: there is no check \"ap\""}},
    {"MaintenanceOfUnknownGroup",
     "maintenance: [{name: m, groups: [x], windows: [{weekdays: [monday]}]}]",
     {"maintenance[0].groups[0]: there is no group \"x\""}},
    {"MaintenanceWithoutTime",
     "maintenance: [{name: m, windows: [{}]}]",
     {"maintenance[0].windows[0]: needs times, weekdays"}},
    {"MaintenanceZone",
     "maintenance: [{name: m, windows: [{weekdays: [monday], location: Mars/Base}]}]",
     {"maintenance[0].windows[0].location"}},
    {"MaintenanceBackwards",
     "maintenance: [{name: m, windows: [{times: [{start_time: '05:00', end_time: '04:00'}]}]}]",
     {"end_time: must be after start_time"}},
    {"Network", "target_policy: {deny: ['10.0.0.0/33']}", {"health.yml:1:24: target_policy.deny[0]"}},
    {"SeveralAtOnce",
     "checks:\n- {name: a, interval: 0s, prober: {fake: {target: x}}}\n- {name: '', prober: {nope: {}}}",
     {"checks[0].interval", "checks[1].name", "checks[1].prober.nope"}},
};

INSTANTIATE_TEST_SUITE_P(Table, BadHealthConfig, ::testing::ValuesIn(kBadConfigs),
                         [](const auto& row) { return std::string(row.param.what); });

TEST(HealthConfig, ErrorsHoldNoSecret) {
  const auto config =
      parse("api: {token: hunter2, token_file: x}\nheartbeats: [{name: a, token: hunter3, x: 1}]");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, ::testing::Not(HasSubstr("hunter")));
}

TEST(MaintenanceWindow, CoversItsTimesInItsZone) {
  const auto config = parse(R"(
checks:
  - name: a
    maintenance: [{weekdays: [monday], times: [{start_time: "13:00", end_time: "14:00"}], location: Europe/Berlin}]
    prober: {fake: {target: x}}
)");
  ASSERT_TRUE(config) << config.error().message;
  const auto& windows = config->checks[0]->maintenance;
  const WallTime noon_utc = WallTime(seconds(1767614400));  // Monday 2026-01-05 12:00 UTC, 13:00 in Berlin
  EXPECT_TRUE(covering(windows, noon_utc));
  EXPECT_FALSE(covering(windows, noon_utc - seconds(1)));
  EXPECT_FALSE(covering(windows, noon_utc + minutes(60)));
  EXPECT_FALSE(covering(windows, noon_utc + std::chrono::hours(24)));
}

}  // namespace
}  // namespace picket::health
