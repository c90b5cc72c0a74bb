#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "base/files/files.h"
#include "tests/security/signals/signal_lines.h"

namespace picket::security {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr auto kPassword = static_cast<std::size_t>(LoginMethod::Password);

nlohmann::json details_of(const SecurityEvent& event) {
  return parse_json(event.details).value();
}

TEST(LoginSignals, ALineStandsForAsManyAsItSays) {
  Reading reading;
  LogRecord repeated = login("192.0.2.1", 0, "amira");
  repeated.count = 25;
  reading.take(repeated);
  EXPECT_EQ(reading.counters().logins.at(kPassword), 25U);
  EXPECT_EQ(
      reading.counters().login_failures.at(kPassword).at(static_cast<std::size_t>(LoginFailure::BadPassword)),
      25U);
  const SignalsSnapshot snapshot = reading.snapshot(0);
  EXPECT_EQ(snapshot.active.at(static_cast<std::size_t>(DetectionKind::BruteForce)), 1U);
  ASSERT_EQ(snapshot.detections.size(), 1U);
  EXPECT_EQ(snapshot.detections[0].client, "192.0.2.1");
  EXPECT_EQ(snapshot.detections[0].last, at(0));
}

TEST(LoginSignals, AreCountedByMethodAndReason) {
  Reading reading;
  reading.take(login("192.0.2.1", 0, "amira", LoginFailure::None));
  reading.take(login("192.0.2.1", 1, "amira"));
  reading.take(login("192.0.2.1", 2, "nobody", LoginFailure::UnknownAccount));
  LogRecord code = login("192.0.2.1", 3, "amira", LoginFailure::Mfa);
  code.method_of_login = LoginMethod::Totp;
  reading.take(code);
  const SignalCounters counters = reading.counters();
  EXPECT_EQ(counters.logins.at(kPassword), 3U);
  EXPECT_EQ(counters.login_failures.at(kPassword).at(static_cast<std::size_t>(LoginFailure::BadPassword)),
            1U);
  EXPECT_EQ(counters.login_failures.at(kPassword).at(static_cast<std::size_t>(LoginFailure::UnknownAccount)),
            1U);
  EXPECT_EQ(counters.login_failures.at(kPassword).at(0), 0U);
  EXPECT_EQ(counters.mfa_challenges.at(static_cast<std::size_t>(LoginMethod::Totp)), 1U);
  EXPECT_EQ(counters.mfa_failures.at(static_cast<std::size_t>(LoginMethod::Totp)), 1U);
  const SignalsSnapshot snapshot = reading.snapshot(3);
  EXPECT_EQ(std::lround(snapshot.distinct.failing_clients[0].estimate()), 1);
  EXPECT_EQ(std::lround(snapshot.distinct.failing_accounts[0].estimate()), 2);
}

/// Texts of authd's code that look like an action of one of the areas that have any.
std::set<std::string> actions_in_authd() {
  std::set<std::string, std::less<>> areas;
  for (const std::string_view action : kAuditActions) areas.emplace(action.substr(0, action.find('.')));
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(PICKET_SOURCE_DIR "/authd")) {
    if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
    const std::string text = RealFiles().read(entry.path(), 1_MiB).value();
    for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
      const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789.", at + 1);
      const std::string word = text.substr(at + 1, end - at - 1);
      const std::size_t dot = word.find('.');
      if (end != std::string::npos && text[end] == '"' && dot != std::string::npos &&
          areas.contains(word.substr(0, dot)))
        found.insert(word);
    }
  }
  return found;
}

TEST(AuditSignals, KnowTheActionsOfAuthd) {
  const std::set<std::string> known(kAuditActions.begin(), kAuditActions.end() - 1);  // without "other"
  std::set<std::string> found = actions_in_authd();
  for (const char* of_files_and_keys : {"audit.jsonl", "audit.key", "tokens.cache_entries"})
    found.erase(of_files_and_keys);
  EXPECT_EQ(known, found);
  for (std::size_t i = 0; i + 1 < kPrivilegeActions.size(); ++i)
    EXPECT_TRUE(known.contains(std::string(kPrivilegeActions[i]))) << kPrivilegeActions[i];
}

TEST(AuditSignals, AreCountedByWhatTheyMean) {
  Reading reading;
  for (const std::string_view action :
       {"users.role", "users.suspend", "auth.password_reset", "users.password_link", "sessions.end",
        "blocks.create", "blocks.delete", "api_keys.revoke", "secret.unheard_of"})
    reading.take(audited(action, "success"));
  reading.take(audited("users.role", "denied"));
  reading.take(audited("auth.refresh", "denied"));
  const SignalCounters counters = reading.counters();
  EXPECT_THAT(counters.privilege_changes, ElementsAre(1, 0, 0, 0, 0, 0));
  EXPECT_THAT(counters.lockouts, ElementsAre(0, 0, 0, 0, 1, 0));
  EXPECT_THAT(counters.password_resets, ElementsAre(1, 1, 0));
  EXPECT_THAT(counters.revocations, ElementsAre(1, 0, 0, 1, 0, 1, 0));
  EXPECT_THAT(counters.blocks, ElementsAre(1, 0, 0));
  EXPECT_THAT(counters.unblocks, ElementsAre(1, 0, 0));
  EXPECT_THAT(counters.audit.at(index_in(kAuditActions, "users.role")), ElementsAre(1, 1, 0, 0, 0));
  EXPECT_THAT(counters.audit.back(), ElementsAre(1, 0, 0, 0, 0));
}

TEST(Detection, ManyFailuresOfAClientAreOneEvent) {
  Reading reading;
  for (int i = 0; i < 19; ++i) reading.take(login("192.0.2.1", i, "root"));
  EXPECT_THAT(reading.events, IsEmpty());
  for (int i = 19; i < 40; ++i) reading.take(login("192.0.2.1", i, "root"));
  ASSERT_THAT(reading.kinds(), ElementsAre("brute_force"));
  const SecurityEvent& event = reading.events[0];
  EXPECT_EQ(event.time, at(19));
  EXPECT_EQ(event.client, "192.0.2.1");
  EXPECT_EQ(event.category, "");
  EXPECT_EQ(details_of(event)["failures"], 20);
  EXPECT_EQ(details_of(event)["accounts"], 1);
  EXPECT_EQ(reading.begun(DetectionKind::BruteForce), 1U);
}

TEST(Detection, EndsAfterQuietAndBeginsAgain) {
  Reading reading;
  for (int i = 0; i < 20; ++i) reading.take(login("192.0.2.1", 0, "root"));
  EXPECT_EQ(reading.active(DetectionKind::BruteForce, 599), 1U);
  EXPECT_EQ(reading.active(DetectionKind::BruteForce, 600), 0U);
  for (int i = 0; i < 20; ++i) reading.take(login("192.0.2.1", 500, "root"));  // goes on
  EXPECT_EQ(reading.begun(DetectionKind::BruteForce), 1U);
  EXPECT_EQ(reading.active(DetectionKind::BruteForce, 1099), 1U);
  for (int i = 0; i < 20; ++i) reading.take(login("192.0.2.1", 1100, "root"));
  EXPECT_EQ(reading.begun(DetectionKind::BruteForce), 2U);
  EXPECT_THAT(reading.kinds(), ElementsAre("brute_force", "brute_force"));
  EXPECT_NE(reading.events[0].id, reading.events[1].id);
}

TEST(Detection, FewFailuresInEachWindowAreNone) {
  Reading reading;
  for (std::int64_t i = 0; i < 100; ++i) reading.take(login("192.0.2.1", 300 * (i / 19), "root"));
  EXPECT_EQ(reading.begun(DetectionKind::BruteForce), 0U);
}

TEST(Detection, AnAccountThatManyClientsTryIsBruteForceToo) {
  Reading reading({.brute_force = {.account_failures = 30}});
  for (std::size_t i = 0; i < 40; ++i) reading.take(login(address(i), 0, "root"));
  ASSERT_THAT(reading.kinds(), ElementsAre("brute_force"));
  EXPECT_EQ(reading.events[0].category, "account");
  EXPECT_EQ(reading.events[0].account, "root");
  EXPECT_EQ(details_of(reading.events[0])["failures"], 30);
}

TEST(Detection, OneClientAndManyAccountsIsSpraying) {
  Reading reading;
  for (int i = 0; i < 60; ++i) {
    const std::string account = fmt::format("user{}", i);
    reading.take(login("192.0.2.1", i, account));
  }
  ASSERT_THAT(reading.kinds(), ElementsAre("spraying"));
  EXPECT_EQ(details_of(reading.events[0])["accounts"], 10);
  EXPECT_EQ(reading.begun(DetectionKind::BruteForce), 0U);
}

TEST(Detection, ManyClientsAndManyAccountsAreStuffingWhenNearlyAllFail) {
  const auto run = [](int good_of_ten) {
    Reading reading;
    for (std::size_t i = 0; i < 300; ++i) {
      const std::string account = fmt::format("user{}", i);
      const bool is_good = static_cast<int>(i % 10) < good_of_ten;
      reading.take(
          login(address(i % 100), 0, account, is_good ? LoginFailure::None : LoginFailure::BadPassword));
    }
    return reading.kinds();
  };
  EXPECT_THAT(run(1), ElementsAre("stuffing"));
  EXPECT_THAT(run(5), IsEmpty());
}

TEST(Detection, UnknownAccountsOrManyMissingPagesAreEnumeration) {
  Reading accounts;
  for (int i = 0; i < 20; ++i) {
    const std::string account = fmt::format("user{}", i);
    accounts.take(login("192.0.2.1", i, account, LoginFailure::UnknownAccount));
  }
  EXPECT_THAT(accounts.kinds(), ElementsAre("spraying", "enumeration"));
  Reading pages;
  for (int i = 0; i < 300; ++i) pages.take(request("192.0.2.1", 0, "/missing", i == 0 ? 200 : 404));
  ASSERT_THAT(pages.kinds(), ElementsAre("enumeration"));
  EXPECT_EQ(details_of(pages.events[0])["not_found"], 200);
}

TEST(Detection, ManyRequestsToManyTargetsAreScraping) {
  const auto run = [](int targets) {
    Reading reading({.scraping = {.requests = 500, .targets = 300}});
    for (int i = 0; i < 600; ++i) {
      const std::string target = fmt::format("/item/{}", i % targets);
      reading.take(request("192.0.2.1", i / 10, target));
    }
    return reading.kinds();
  };
  EXPECT_THAT(run(600), ElementsAre("scraping"));
  EXPECT_THAT(run(10), IsEmpty());
}

TEST(Detection, AFloodOfThemIsCountedButNotAllOfItAreEvents) {
  Reading reading({.events_per_minute = 2});
  for (std::size_t i = 0; i < 50; ++i) {
    for (int times = 0; times < 20; ++times) reading.take(login(address(i), 0, address(i)));
  }
  EXPECT_EQ(reading.begun(DetectionKind::BruteForce), 50U);
  EXPECT_EQ(std::ranges::count(reading.events, "brute_force", &SecurityEvent::kind), 20);
  EXPECT_EQ(reading.counters().other_events_left_out, 30U);
}

TEST(Detection, ASlowAttackerIsNotPushedOutByManyWhoComeOnce) {
  Reading reading({.clients_max = 100});
  for (std::int64_t round = 0; round < 19; ++round) {
    reading.take(login("192.0.2.1", 10 * round, "root"));
    for (std::size_t i = 0; i < 150; ++i)
      reading.take(request(address(i + 1000 * static_cast<std::size_t>(round)), 10 * round + 5, "/"));
  }
  reading.take(login("192.0.2.1", 190, "root"));
  EXPECT_THAT(reading.kinds(), ElementsAre("brute_force"));
  EXPECT_EQ(reading.followed("clients"), 100U);
  EXPECT_GT(reading.counters().clients_evicted, 2000U);
}

TEST(Detections, SayWhenTheAddressIsTheClientsOwnWord) {
  for (const bool is_claimed : {true, false}) {
    Reading reading;
    LogRecord record = login("192.0.2.1", 0, "root");
    record.client_is_claimed = is_claimed;
    for (int i = 0; i < 20; ++i) reading.take(record);
    const auto detections = reading.snapshot(0).detections;
    ASSERT_FALSE(detections.empty());
    EXPECT_EQ(detections[0].client, "192.0.2.1");
    EXPECT_EQ(detections[0].is_claimed, is_claimed);
  }
}

TEST(SignalTime, ALineFarAheadDoesNotStopTheWindows) {
  Reading reading;
  LogRecord ahead = login("192.0.2.9", 0, "x");
  ahead.time = at(std::int64_t{2} * 86400);
  reading.take(ahead, at(0));
  EXPECT_EQ(reading.counters().times_refused, 1U);
  EXPECT_EQ(reading.clock(), 0);
  for (int i = 0; i < 20; ++i) reading.take(login("192.0.2.1", i, "root"));
  EXPECT_EQ(reading.events.at(0).time, at(19));
  EXPECT_EQ(reading.active(DetectionKind::BruteForce, 1000), 0U);
}

TEST(SignalTime, AFewLateLinesAreCountedNowAndManySetTheClockBack) {
  Reading reading;
  reading.take(request("192.0.2.1", 80000, "/"), at(80000));
  for (int i = 0; i < 99; ++i) reading.take(request("192.0.2.1", i, "/"), at(80000));
  EXPECT_EQ(reading.clock(), 80000);
  reading.take(request("192.0.2.1", 99, "/"), at(80000));
  EXPECT_EQ(reading.clock(), 99);
  EXPECT_EQ(reading.counters().clock_resets, 1U);
  for (int i = 0; i < 20; ++i) reading.take(login("192.0.2.1", 100 + i, "root"));
  EXPECT_EQ(reading.active(DetectionKind::BruteForce, 700), 1U);
  EXPECT_EQ(reading.active(DetectionKind::BruteForce, 719), 0U);
}

TEST(SignalTime, WithoutATimeTheTimeOfReadingCounts) {
  Reading reading;
  LogRecord record = login("192.0.2.1", 0, "root");
  record.time.reset();
  for (int i = 0; i < 20; ++i) reading.take(record, at(i));
  ASSERT_THAT(reading.kinds(), ElementsAre("brute_force"));
  EXPECT_EQ(reading.events[0].time, at(19));
}

}  // namespace
}  // namespace picket::security
