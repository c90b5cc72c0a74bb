#include "tools/demo/traffic/calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tools/demo/incidents.h"
#include "tools/demo/traffic/traffic_options.h"

namespace picket::demo {
namespace {

using std::chrono::minutes;

constexpr std::size_t kVisitors = 8;

std::uint64_t tick_at(Duration since_start) {
  return static_cast<std::uint64_t>(since_start / kTick);
}

/// All calls from a moment on, until another.
std::vector<Call> calls_between(Duration begins, Duration ends) {
  std::vector<Call> calls;
  for (std::uint64_t tick = tick_at(begins); tick < tick_at(ends); ++tick) {
    std::ranges::move(calls_due(tick, kVisitors), std::back_inserter(calls));
  }
  return calls;
}

template <class Takes>
std::set<std::string> clients_of(const std::vector<Call>& calls, const Takes& takes) {
  std::set<std::string> clients;
  for (const Call& call : calls) {
    if (takes(call)) clients.insert(call.client);
  }
  return clients;
}

template <class Takes>
std::ptrdiff_t count_of(const std::vector<Call>& calls, const Takes& takes) {
  return std::ranges::count_if(calls, takes);
}

bool is_attack(const Call& call) {
  return call.path.find('%') != std::string::npos || call.path.starts_with("/.env");
}
bool is_guess(const Call& call) {
  return !call.basic_user.empty();
}
bool is_failing_login(const Call& call) {
  return call.site == Site::Logins;
}
bool is_download(const Call& call) {
  return call.path == "/catalogue";
}

TEST(Calls, OfACalmMinuteAreOfVisitors) {
  const std::vector<Call> calls = calls_between(minutes(20), minutes(21));
  EXPECT_EQ(count_of(calls, is_attack), 0);
  EXPECT_EQ(count_of(calls, is_guess), 0);
  EXPECT_EQ(count_of(calls, is_download), 0);
  EXPECT_LE(count_of(calls, is_failing_login), 2);
  EXPECT_EQ(count_of(calls, [](const Call& call) { return call.path == "/checkout"; }), 60);
}

// Numbers of the shipped thresholds: 200 requests with attack patterns to one site in ten minutes, 20 failures of a
// client and 10 accounts in five minutes, 20 clients with 50 accounts.
TEST(Calls, OfTheIncidentsAreEnoughToBeSeen) {
  const auto is_attack_on_shop = [](const Call& call) { return is_attack(call) && call.site == Site::Shop; };
  EXPECT_GT(count_of(calls_between(minutes(0), minutes(10)), is_attack_on_shop), 200);
  const auto of_one = [](const std::string& client) {
    return [client](const Call& call) { return is_guess(call) && call.client == client; };
  };
  EXPECT_GT(count_of(calls_between(minutes(2), minutes(7)), of_one("198.51.100.66")), 20);
  std::set<std::string> accounts;
  for (const Call& call : calls_between(minutes(6), minutes(10))) {
    if (of_one("198.51.100.77")(call)) accounts.insert(call.basic_user);
  }
  EXPECT_GT(accounts.size(), 10);
  const std::vector<Call> stuffed = calls_between(minutes(9), minutes(13));
  EXPECT_GT(clients_of(stuffed, is_failing_login).size(), 20);
  accounts.clear();
  for (const Call& call : stuffed) {
    if (is_failing_login(call)) accounts.insert(call.body);
  }
  EXPECT_GT(accounts.size(), 50);
  EXPECT_EQ(count_of(calls_between(minutes(5), minutes(6)), is_download), 2);
}

TEST(Calls, NameTheirClients) {
  for (const Call& call : calls_between(minutes(0), minutes(30))) {
    EXPECT_THAT(call.client,
                testing::AnyOf(testing::StartsWith("203.0.113."), testing::StartsWith("198.51.100."),
                               testing::StartsWith("192.0.2.")))
        << call.path;
  }
}

// authd takes a token that is shown again by the same device, which its user agent tells, for a repeated request.
TEST(Theft, IsATokenThatSomebodyElseShowsAfterItsOwnerRenewed) {
  std::vector<TheftStep> steps;
  std::vector<Duration> times;
  for (std::uint64_t tick = 0; tick < tick_at(minutes(30)); ++tick) {
    const auto step = theft_due(tick);
    if (!step) continue;
    steps.push_back(*step);
    times.push_back(kTick * static_cast<std::int64_t>(tick) - minutes(4));
  }
  using std::chrono::seconds;
  ASSERT_THAT(times, testing::ElementsAre(seconds(0), seconds(10), seconds(40)));
  EXPECT_TRUE(steps[0].logs_in);
  EXPECT_FALSE(steps[1].logs_in);
  EXPECT_FALSE(steps[2].logs_in);
  EXPECT_EQ(steps[1].from.user_agent, steps[0].from.user_agent);
  EXPECT_NE(steps[2].from.user_agent, steps[1].from.user_agent);
  EXPECT_NE(steps[2].from.address, steps[1].from.address);
}

TEST(Logins, AreOfEachVisitorAtTheStartAndAboutEveryFourMinutes) {
  std::vector<int> logins(kVisitors);
  for (std::uint64_t tick = 0; tick < tick_at(minutes(1)); ++tick) {
    if (const auto visitor = login_due(tick, kVisitors)) ++logins[*visitor];
  }
  EXPECT_THAT(logins, testing::Each(1));
  for (std::uint64_t tick = tick_at(minutes(1)); tick < tick_at(minutes(17)); ++tick) {
    if (const auto visitor = login_due(tick, kVisitors)) ++logins[*visitor];
  }
  EXPECT_THAT(logins, testing::Each(5));
}

TEST(Accounts, AreLinesOfNameAndPassword) {
  const auto accounts = parse_accounts("anna secret of anna\nben secret of ben\n");
  ASSERT_TRUE(accounts);
  EXPECT_EQ((*accounts)[0].name, "anna");
  EXPECT_EQ((*accounts)[1].password.reveal(), "secret of ben");
  EXPECT_FALSE(parse_accounts("anna x\n"));
  const auto without = parse_accounts("anna x\nben\n");
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().message, testing::HasSubstr("line 2"));
}

}  // namespace
}  // namespace picket::demo
