#include "authd/ratelimit/limit_gate.h"

#include <gtest/gtest.h>

#include <thread>

#include "authd/ratelimit/limit_collector.h"
#include "authd/ratelimit/limit_fields.h"
#include "base/metrics/exposition.h"
#include "tests/authd/ratelimit/limit_fixture.h"
#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

constexpr Duration kMinute = std::chrono::minutes(1);

struct Fixture {
  explicit Fixture(std::string_view yaml = "") : limits(clock, yaml) {}

  /// How many of `tries` requests get in.
  int admitted(const Caller& caller, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += gate.admit(caller).admission == Admission::Admitted ? 1 : 0;
    return count;
  }
  /// How many of `tries` wrong tries at a secret are compared, and whether one of those turned away blocked.
  int compared(const SecretTry& attempt, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
      const GateAnswer answer = gate.begin_try(attempt);
      count += answer.admission == Admission::Admitted ? 1 : 0;
      gate.note_refusal(attempt, answer);
    }
    return count;
  }

  test::ManualClock clock;
  LimitFixture limits;
  MemoryLimiter& limiter = limits.limiter;
  LimitGate& gate = limits.gate;
};

Caller stranger(std::string_view address, std::string path = "/") {
  return {.address = IpAddress::parse(address).value(), .path = std::move(path)};
}
/// A try at a secret, by somebody whom nobody knows.
SecretTry guess(std::string_view address, std::string account = "u") {
  return {.caller = {.address = IpAddress::parse(address).value()}, .account = std::move(account)};
}
Caller user(std::string name, std::string path = "/") {
  return {.address = IpAddress::parse("192.0.2.1").value(), .user = std::move(name), .path = std::move(path)};
}

TEST(LimitGate, AppliesTheTiersOfPathAndCaller) {
  struct Row {
    Caller caller;
    const char* tiers;
    int admitted;
  };
  const std::vector<Row> rows = {{stranger("192.0.2.1", "/x"), "global", 100},
                                 {stranger("192.0.2.1", "/api"), "global api", 60},
                                 {stranger("192.0.2.1", "/api/v1/x"), "global api", 60},
                                 {stranger("192.0.2.1", "/apix"), "global", 100},
                                 {stranger("192.0.2.1", "/api/v1/auth/login"), "global api", 60},
                                 {user("u", "/x"), "authenticated", 300},
                                 {user("u", "/api/v1/auth/login"), "authenticated", 300},
                                 {user("u", "/api/v1/admin/users"), "authenticated owner:admin", 100}};
  for (const Row& row : rows) {
    Fixture fixture("violations: {count: 0}");
    std::string tiers;
    for (const Standing& standing : fixture.gate.explain(row.caller).standings) {
      tiers += (tiers.empty() ? "" : " ") + standing.tier;
    }
    EXPECT_EQ(tiers, row.tiers) << row.caller.path;
    EXPECT_EQ(fixture.admitted(row.caller, 400), row.admitted) << row.caller.path;
  }
}

TEST(LimitGate, ShowsAndForgetsWhatItHasCountedItself) {
  Fixture fixture;
  const auto left = [&](const std::string& tier, const std::string& subject) {
    return fixture.gate.check({.tier = tier, .subject = subject, .cost = 0})->decision.remaining;
  };
  EXPECT_EQ(fixture.compared(guess("192.0.2.1"), 9), 5);
  EXPECT_EQ(fixture.compared(guess("2001:db8::1"), 9), 5);
  EXPECT_EQ(fixture.admitted(user("u"), 1), 1);
  for (const char* subject :
       {"192.0.2.1", "192.0.2.1/32", "::ffff:192.0.2.1", "2001:db8::1", "2001:db8::/64"}) {
    EXPECT_EQ(left("auth", subject), 0U) << subject;
  }
  EXPECT_EQ(left("auth", "2001:db8::/56"), 10U);
  EXPECT_EQ(left("auth", "192.0.2.2"), 5U);
  EXPECT_EQ(left("authenticated", "user:u"), 299U);
  for (const char* subject : {"192.0.2.1", "2001:db8::1"}) {
    ASSERT_TRUE(fixture.gate.forget("auth", subject));
    EXPECT_EQ(left("auth", subject), 5U) << subject;
    EXPECT_EQ(fixture.compared(guess(subject), 9), 5) << subject;
  }
}

TEST(LimitGate, HasTheTiersThatTheIssueNames) {
  const RateLimitConfig config;
  const std::vector<std::tuple<const char*, std::uint32_t, Duration>> rows = {
      {"global", 100, kMinute},
      {"api", 60, kMinute},
      {"auth", 5, 15 * kMinute},
      {"oauth", 20, 15 * kMinute},
      {"recovery", 10, 15 * kMinute},
      {"forward-auth", 6000, kMinute},
      {"forward-auth:strangers", 600, kMinute},
      {"authenticated", 300, kMinute},
      {"payment", 10, kMinute},
      {"api-key", 20, 60 * kMinute},
      {"owner:admin", 100, kMinute},
      {"api:public", 20, kMinute},
      {"api:authenticated", 60, kMinute},
      {"ai:query", 10, kMinute},
      {"email:send", 5, kMinute},
      {"export:data", 3, kMinute}};
  ASSERT_EQ(config.tiers.size(), rows.size());
  for (const auto& [name, limit, window] : rows) {
    ASSERT_NE(config.find(name), nullptr) << name;
    EXPECT_EQ(config.find(name)->limit, limit) << name;
    EXPECT_EQ(config.find(name)->window, window) << name;
  }
}

TEST(LimitGate, PassesOverExcludedPathsAndAllowedNetworks) {
  Fixture fixture("{excluded_paths: [/health], allowed_networks: [10.0.0.0/8, '2001:db8::/32']}");
  EXPECT_EQ(fixture.gate.admit(stranger("192.0.2.1", "/health/live")).admission, Admission::Exempt);
  EXPECT_EQ(fixture.gate.admit(stranger("10.1.2.3")).admission, Admission::Exempt);
  EXPECT_EQ(fixture.gate.admit(stranger("::ffff:10.1.2.3")).admission, Admission::Exempt);
  EXPECT_EQ(fixture.gate.admit(stranger("2001:db8::1")).admission, Admission::Exempt);
  EXPECT_EQ(fixture.gate.admit(stranger("192.0.2.1", "/healthy")).admission, Admission::Admitted);
  ASSERT_TRUE(
      fixture.gate.block({Cidr::parse("10.0.0.0/8").value(), fixture.clock.wall() + kMinute, "r", "admin"}));
  EXPECT_EQ(fixture.gate.admit(stranger("10.1.2.3")).admission, Admission::Exempt);
  Fixture off("enabled: false");
  EXPECT_EQ(off.gate.admit(stranger("192.0.2.1")).admission, Admission::Exempt);
}

TEST(LimitGate, GivesAUserHisOwnLimit) {
  const std::string vip = "019b8e5c-3c00-7000-8f86-d081884c7d65";
  Fixture fixture("{overrides: {" + vip + ": {authenticated: 1000}}, violations: {count: 0}}");
  EXPECT_EQ(fixture.admitted(user(vip), 1100), 1000);
  EXPECT_EQ(fixture.admitted(user("u"), 1100), 300);
  fixture.gate.publish_overrides({{"u", {{"authenticated", 310}}}, {vip, {{"authenticated", 1}}}});
  EXPECT_EQ(fixture.admitted(user("u"), 100), 10);
  EXPECT_EQ(fixture.admitted(user(vip), 100), 0) << "an administrator's word goes before the file";
}

TEST(LimitGate, FiveViolationsBlockForAnHour) {
  Fixture fixture;
  const SecretTry wrong = guess("192.0.2.1");
  const Caller caller = stranger("192.0.2.1");
  EXPECT_EQ(fixture.compared(wrong, 5), 5);
  for (int i = 1; i <= 5; ++i) {
    const GateAnswer answer = fixture.gate.begin_try(wrong);
    EXPECT_EQ(answer.admission, Admission::Limited) << i;
    EXPECT_EQ(fixture.gate.note_refusal(wrong, answer).has_value(), i == 5) << i;
  }
  EXPECT_EQ(fixture.gate.admit(stranger("192.0.2.1", "/elsewhere")).admission, Admission::Blocked);
  EXPECT_EQ(fixture.gate.admit(stranger("192.0.2.2")).admission, Admission::Admitted);
  ASSERT_EQ(fixture.gate.blocks().size(), 1U);
  EXPECT_EQ(fixture.gate.blocks()[0].reason, "5 violations, the last of tier auth");
  fixture.clock.advance(60 * kMinute - std::chrono::seconds(1));
  EXPECT_EQ(fixture.gate.admit(caller).admission, Admission::Blocked);
  fixture.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(fixture.gate.admit(caller).admission, Admission::Admitted);
  EXPECT_EQ(fixture.gate.counts().blocked_requests, 2U);
}

TEST(LimitGate, FourViolationsAndAPauseDoNotBlock) {
  Fixture fixture("tiers: {auth: {limit: 1, window: 1s}}");
  for (int round = 0; round < 10; ++round) {
    fixture.compared(guess("192.0.2.1"), 5);
    fixture.clock.advance(15 * kMinute);
  }
  EXPECT_TRUE(fixture.gate.blocks().empty());
}

TEST(LimitGate, SixtyFourThreadsAreAdmittedExactlyAndBlockOnce) {
  Fixture fixture;
  std::atomic<int> admitted{0}, limited{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(64);
    for (int t = 0; t < 64; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          const GateAnswer answer = fixture.gate.begin_try(guess("192.0.2.1"));
          if (answer.admission == Admission::Admitted) ++admitted;
          if (answer.admission == Admission::Limited) ++limited;
          fixture.gate.note_refusal(guess("192.0.2.1"), answer);
        }
      });
    }
  }
  EXPECT_EQ(admitted, 5);
  EXPECT_GE(limited, 5);
  EXPECT_EQ(fixture.gate.blocks().size(), 1U);
}

TEST(Attack25, ANetworkThatChangesItsAddressesIsOneClient) {
  Fixture fixture;
  int admitted = 0;
  for (int i = 0; i < 1000; ++i) {
    admitted += fixture.compared(guess(fmt::format("2001:db8:0:1::{:x}", i + 1)), 1);
  }
  EXPECT_EQ(admitted, 5);
  EXPECT_EQ(fixture.gate.admit(stranger("2001:db8:0:2::1")).admission, Admission::Admitted);
}

TEST(Attack25, OnePasswordOverTenThousandUsersIsFiveTries) {
  Fixture fixture;
  int compared = 0;
  for (int i = 0; i < 10'000; ++i) compared += fixture.compared(guess("192.0.2.1", std::to_string(i)), 1);
  EXPECT_EQ(compared, 5);
}

TEST(Attack25, OneWhoHasAFortyEightIsNineClients) {
  Fixture fixture;
  int compared = 0;
  for (int i = 0; i < 10'000; ++i)
    compared += fixture.compared(guess(fmt::format("2001:db8:0:{:x}::1", i), std::to_string(i)), 1);
  EXPECT_EQ(compared, 45);
}

TEST(LimitGate, ExplainsWithoutCounting) {
  Fixture fixture;
  const Caller caller = stranger("192.0.2.1", "/api/v1/auth/login");
  fixture.admitted(caller, 3);
  for (int i = 0; i < 10; ++i) {
    const GateAnswer answer = fixture.gate.explain(caller);
    ASSERT_EQ(answer.standings.size(), 2U);
    EXPECT_EQ(answer.standings[1].tier, "api");
    EXPECT_EQ(answer.standings[1].subject, "192.0.2.1/32");
    EXPECT_EQ(answer.standings[1].decision.remaining, 57U);
  }
  ASSERT_TRUE(fixture.gate.block(
      {Cidr::parse("192.0.2.0/24").value(), fixture.clock.wall() + kMinute, "r", "admin"}));
  const GateAnswer blocked = fixture.gate.explain(caller);
  EXPECT_EQ(blocked.admission, Admission::Blocked);
  EXPECT_EQ(blocked.standings.size(), 2U) << "and where he would stand without the block";
  EXPECT_TRUE(fixture.gate.unblock(Cidr::parse("192.0.2.0/24").value()));
  EXPECT_EQ(fixture.gate.explain(caller).admission, Admission::Admitted);
  EXPECT_EQ(fixture.gate.counts().blocked_requests, 0U);
}

TEST(LimitGate, ServesOthersByTheNameOfATier) {
  Fixture fixture;
  for (std::uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(fixture.gate.check({"export:data", "u", "", "", 1})->decision.remaining, 2 - i);
  EXPECT_FALSE(fixture.gate.check({"export:data", "u", "", "", 1})->decision.allowed);
  EXPECT_TRUE(fixture.gate.check({"export:data", "v", "", "", 3})->decision.allowed);
  EXPECT_EQ(fixture.gate.check({"no-such", "u", "", "", 1}).error().kind, ErrorKind::NotFound);
  EXPECT_TRUE(fixture.gate.forget("export:data", "u"));
  EXPECT_EQ(fixture.gate.check({"export:data", "u", "", "", 0})->decision.remaining, 3U);
}

TEST(LimitGate, WhereTheTierOfAKeyRefusesNothingIsSpent) {
  Fixture fixture;
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(fixture.gate.check({"payment", "pk", "u", "export:data", 1})->decision.allowed);
  const auto refused = fixture.gate.check({"payment", "pk", "u", "export:data", 2});
  EXPECT_FALSE(refused->decision.allowed);
  EXPECT_EQ(refused->tier, "export:data");
  EXPECT_EQ(fixture.gate.check({"payment", "pk", "u", "", 0})->decision.remaining, 7U);
}

TEST(LimitGate, TakesANewConfigurationAtOnce) {
  Fixture fixture("violations: {count: 0}");
  EXPECT_EQ(fixture.admitted(stranger("192.0.2.1"), 50), 50);
  fixture.limits.set(
      "{tiers: {global: {limit: 60}, extra: {limit: 1, window: 1s, paths: [/x]}}, violations: {count: 0}}");
  EXPECT_EQ(fixture.admitted(stranger("192.0.2.1"), 50), 10);
  EXPECT_EQ(fixture.admitted(stranger("192.0.2.9", "/x"), 5), 1);
}

TEST(RateLimitConfig, NamesItsMistakes) {
  const RealFiles files;
  for (const auto& [yaml, problem] : std::vector<std::pair<const char*, const char*>>{
           {"tiers: {Api: {limit: 1, window: 1s}}", "tiers.Api: a tier's name"},
           {"tiers: {new: {window: 1s}}", "tiers.new.limit: must be between"},
           {"tiers: {new: {limit: 5}}", "tiers.new.window: must be between"},
           {"tiers: {api: {limit: 10001}}", "tiers.api.limit: must be between"},
           {"tiers: {api: {paths: [api]}}", "must begin with /"},
           {"tiers: {api: {per: ip}}", "tiers.api.per: must be one of address, user"},
           {"allowed_networks: [ten]", "is not a network"},
           {"excluded_paths: ['']", "excluded_paths: must begin with /"},
           {"overrides: {019b8e5c-3c00-7000-8f86-d081884c7d65: {nope: 5}}", "there is no tier \"nope\""},
           {"overrides: {alice: {auth: 5}}", "\"alice\" is not the id of a user"},
           {"violations: {within: 2d}", "must be between 1s and 24h"},
           {"redis: {address: nowhere}", "must be host:port"},
           {"redis: {}", "redis.address: is required"},
           {"redis_down: panic", "redis_down"},
           {"limits: {}", "unknown key"}}) {
    const auto config = parse_config<RateLimitConfig>(yaml, "authd.yml", files);
    ASSERT_FALSE(config) << yaml;
    EXPECT_NE(config.error().message.find(problem), std::string::npos) << config.error().message;
  }
}

TEST(LimitFields, SayWhatTheDraftSays) {
  Fixture fixture;
  const Caller caller = stranger("192.0.2.1", "/api/v1/auth/login");
  Headers headers;
  set_limit_fields(fixture.gate.admit(caller).standings, headers);
  EXPECT_EQ(headers.get("RateLimit-Policy"), R"("global";q=100;w=60, "api";q=60;w=60)");
  EXPECT_EQ(headers.get("RateLimit"), R"("global";r=99;t=60, "api";r=59;t=60)");
  EXPECT_EQ(headers.find("Retry-After"), nullptr);
  fixture.admitted(caller, 59);
  fixture.compared(guess("192.0.2.1"), 5);
  fixture.clock.advance(std::chrono::milliseconds(10'500));
  Headers refused;
  set_limit_fields(fixture.gate.admit(caller).standings, refused);
  EXPECT_EQ(refused.get("RateLimit"), R"("global";r=39;t=50, "api";r=0;t=50)");
  EXPECT_EQ(refused.get("Retry-After"), "50");
  Headers guessed;
  set_limit_fields(fixture.gate.begin_try(guess("192.0.2.1")).standings, guessed);
  EXPECT_EQ(guessed.get("RateLimit"), R"("auth";r=0;t=890)");
  EXPECT_EQ(guessed.get("Retry-After"), "890");
  Headers none;
  set_limit_fields({}, none);
  EXPECT_EQ(none.size(), 0U);
  set_block_fields({{}, fixture.clock.wall() + std::chrono::milliseconds(1500), "", ""}, fixture.clock.wall(),
                   none);
  EXPECT_EQ(none.get("Retry-After"), "2");
}

std::string metrics_of(const Fixture& fixture) {
  LimitCollector collector(fixture.gate, fixture.limiter, nullptr);
  Collector* const all[] = {&collector};
  return encode(all, ExpositionFormat::Text004);
}

TEST(Attack56, TheNumberOfSeriesDoesNotDependOnWhoAsks) {
  Fixture fixture;
  const std::string before = metrics_of(fixture);
  for (int i = 0; i < 20'000; ++i) {
    fixture.gate.admit(
        stranger(fmt::format("198.18.{}.{}", i / 256 % 256, i % 256), "/path/" + std::to_string(i)));
    static_cast<void>(fixture.gate.check({"no-such-" + std::to_string(i), "u", "", "", 1}));
  }
  fixture.compared(guess("192.0.2.1"), 10);
  for (int i = 0; i < 2; ++i) fixture.gate.admit(stranger("192.0.2.1"));
  const std::string after = metrics_of(fixture);
  EXPECT_EQ(std::ranges::count(before, '\n'), std::ranges::count(after, '\n'));
  for (const char* const line :
       {"authd_ratelimit_decisions_total{tier=\"auth\",decision=\"allowed\"} 5\n",
        "authd_ratelimit_decisions_total{tier=\"auth\",decision=\"limited\"} 5\n",
        "authd_ratelimit_decisions_total{tier=\"global\",decision=\"allowed\"} 20000\n",
        "authd_blocked_prefixes 1\n", "authd_blocked_requests_total 2\n"}) {
    EXPECT_NE(after.find(line), std::string::npos) << line << after;
  }
}

}  // namespace
}  // namespace picket::authd
