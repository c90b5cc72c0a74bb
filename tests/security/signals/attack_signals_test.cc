#include <gmock/gmock.h>

#include "tests/security/signals/signal_lines.h"

namespace picket::security {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kSql = static_cast<std::size_t>(AttackClass::SqlInjection);
constexpr auto kXss = static_cast<std::size_t>(AttackClass::Xss);
constexpr std::string_view kAttack = "/a?q=1%20union%20select%202";

TEST(AttackSignals, AreCountedByCategoryRuleAndAnswer) {
  Reading reading;
  reading.take(request("192.0.2.1", 0, kAttack, 403));
  reading.take(request("192.0.2.1", 1, kAttack, 200));
  reading.take(request("192.0.2.1", 2, "/a?q=1+union+select+2&r=%3Cscript", 302));
  reading.take(request("192.0.2.1", 3, "/union/select", 200));
  const SignalCounters counters = reading.counters();
  EXPECT_EQ(counters.attacks.at(kSql), 3U);
  EXPECT_EQ(counters.attacks.at(kXss), 1U);
  EXPECT_EQ(counters.attacks_accepted.at(kSql), 2U);
  EXPECT_EQ(counters.attacks_accepted.at(kXss), 1U);
  EXPECT_EQ(counters.rules.at("union"), 3U);
  EXPECT_EQ(counters.rules.at("script"), 1U);
}

TEST(AttackSignals, RulesBeginAtZero) {
  const Reading reading;
  EXPECT_THAT(reading.counters().rules, SizeIs(2));
}

TEST(AttackSignals, AreFoundInRefererUserAgentAndChosenFields) {
  Reading reading;
  for (const int field : {0, 1, 2}) {
    LogRecord record = request("192.0.2.1", field, "/");
    if (field == 0) record.referer = "http://x/?a=%3Cscript%3E";
    if (field == 1) record.user_agent = "<script>";
    if (field == 2) record.fields = {{"cookie", "a=<script>"}};
    reading.take(record);
  }
  EXPECT_EQ(reading.counters().attacks.at(kXss), 3U);
}

TEST(AttackSignals, AreFoundInAHostThatIsNone) {
  Reading reading;
  for (const std::string_view host :
       {"<script>", "a.example\" union select 1", "a.example", "[2001:db8::1]:443"}) {
    LogRecord record = request("192.0.2.1", 0, "/");
    record.host = host;
    reading.take(record);
  }
  EXPECT_EQ(reading.counters().attacks.at(kXss), 1U);
  EXPECT_EQ(reading.counters().attacks.at(kSql), 1U);
}

TEST(AttackSignals, AreFoundAgainAndAmongWhatWasCleanBefore) {
  Reading reading;
  for (int i = 0; i < 5000; ++i) {
    const std::string agent = fmt::format("curl/{}", i);
    LogRecord record = request("192.0.2.1", 0, "/");
    record.user_agent = agent;
    reading.take(record);
  }
  for (int i = 0; i < 3; ++i) {
    for (const std::string_view agent : {"curl/8.0", "<script>", "curl/8.0 <script>"}) {
      LogRecord record = request("192.0.2.1", i, "/");
      record.user_agent = agent;
      reading.take(record);
    }
  }
  EXPECT_EQ(reading.counters().attacks.at(kXss), 6U);
}

TEST(AttackSignals, AreFoundByTheBuiltInRules) {
  Reading reading({}, "web", Detector::built_in().value());
  reading.take(request("192.0.2.1", 0, "/item?id=1%27%20OR%20%271%27=%271"));
  reading.take(request("192.0.2.1", 1, "/item?id=select+a+plan&name=O%27Brien"));
  reading.take(request("192.0.2.1", 2, "/?%3Cscript%3Ealert(1)%3C/script%3E"));
  EXPECT_EQ(reading.counters().attacks.at(kSql), 1U);
  EXPECT_EQ(reading.counters().attacks.at(kXss), 1U);
}

TEST(AttackSignals, WithoutAStatusNothingIsAccepted) {
  Reading reading;
  reading.take(request("192.0.2.1", 0, kAttack, 0));
  EXPECT_EQ(reading.counters().attacks.at(kSql), 1U);
  EXPECT_EQ(reading.counters().attacks_accepted.at(kSql), 0U);
}

TEST(AttackSignals, AnAcceptedAttackIsAnEventOfHighSeverity) {
  Reading reading;
  reading.take(request("192.0.2.1", 0, "/"));
  reading.take(request("::ffff:192.0.2.1", 5, kAttack, 200));
  reading.take(request("192.0.2.2", 6, kAttack, 404));
  ASSERT_THAT(reading.events, SizeIs(2));
  const SecurityEvent& event = reading.events[0];
  EXPECT_EQ(event.id, "web-1-7-0-64-1a22be5b888-attack-sql_injection");
  EXPECT_EQ(event.time, at(5));
  EXPECT_EQ(event.source, "web");
  EXPECT_EQ(event.client, "192.0.2.1");
  EXPECT_EQ(event.category, "sql_injection");
  EXPECT_EQ(event.severity, Severity::High);
  const auto details = parse_json(event.details).value();
  EXPECT_EQ(details["rules"], nlohmann::json::array({"union"}));
  EXPECT_EQ(details["target"], kAttack);
  EXPECT_EQ(details["status"], 200);
  EXPECT_EQ(reading.events[1].severity, Severity::Low);
}

TEST(AttackSignals, AFloodHasTheEventsOfItsMinuteAndCountsTheRest) {
  Reading reading({.events_per_minute = 3});
  for (int i = 0; i < 10; ++i) reading.take(request("192.0.2.1", i, kAttack, 403));
  reading.take(request("192.0.2.1", 11, "/?<script", 403));
  EXPECT_THAT(reading.events, SizeIs(4));
  EXPECT_EQ(reading.counters().events_left_out.at(kSql), 7U);
  for (int i = 0; i < 2; ++i) reading.take(request("192.0.2.1", 60 + i, kAttack, 403));
  EXPECT_THAT(reading.events, SizeIs(6));
}

TEST(AttackSignals, ARefusedFloodLeavesRoomForWhatIsAccepted) {
  Reading reading({.events_per_minute = 3});
  for (int i = 0; i < 10; ++i) reading.take(request("192.0.2.1", 0, kAttack, 403));
  for (int i = 0; i < 100; ++i) reading.take(request("192.0.2.1", 1, kAttack, 200));
  EXPECT_EQ(std::ranges::count(reading.events, Severity::High, &SecurityEvent::severity), 30);
}

TEST(AttackSignals, WhatCannotBeScannedIsCountedButNobodysAttack) {
  Reading reading;
  const std::string target = "/" + std::string(9000, 'a');
  reading.take(request("192.0.2.1", 0, target));
  EXPECT_EQ(reading.counters().attacks.back(), 1U);
  EXPECT_EQ(reading.counters().rules.at("too_long"), 1U);
  EXPECT_THAT(reading.signals.suspects(at(0)), IsEmpty());
  EXPECT_EQ(reading.snapshot(0).distinct.attack_clients[0].estimate(), 0);
  EXPECT_EQ(reading.events.at(0).severity, Severity::Info);
}

TEST(AttackSignals, DistinctClientsAreThoseOfTheWindow) {
  Reading reading;
  for (std::size_t i = 0; i < 20; ++i) reading.take(request(address(i), 0, kAttack, 403));
  reading.take(request("2001:db8::1", 240, kAttack, 403));
  reading.take(request("2001:db8::2", 240, kAttack, 403));  // of the same /64
  const auto rounded = [&](std::int64_t after, std::size_t window) {
    return std::lround(reading.snapshot(after).distinct.attack_clients.at(window).estimate());
  };
  EXPECT_EQ(rounded(240, 0), 21);
  EXPECT_EQ(rounded(301, 0), 1);
  EXPECT_EQ(rounded(600, 0), 0);
  EXPECT_EQ(rounded(600, 1), 21);
  EXPECT_EQ(rounded(7200, 1), 0);
}

TEST(RequestSignals, AreCountedByMethodAndClass) {
  Reading reading;
  reading.take(request("192.0.2.1", 0, "/", 204));
  LogRecord odd = request("192.0.2.1", 0, "/", 777);
  odd.method = "BREW\xFF";
  reading.take(odd);
  EXPECT_EQ(reading.counters().requests.at(0).at(1), 1U);
  EXPECT_EQ(reading.counters().requests.back().back(), 1U);
}

TEST(RequestSignals, LimitsHaveABoundedNumberOfNames) {
  Reading reading;
  LogRecord record;
  record.kind = RecordKind::RateLimit;
  record.time = at(0);
  for (int i = 0; i < 200; ++i) {
    const std::string name = fmt::format("zone{}", i);
    record.limit = name;
    reading.take(record);
  }
  reading.take(request("192.0.2.1", 0, "/", 429));
  const auto limits = reading.counters().limits;
  EXPECT_THAT(limits, SizeIs(SignalCounters::kLimitsMax + 1));
  EXPECT_EQ(limits.at("zone0"), 1U);
  EXPECT_EQ(limits.at("other"), 151U);
}

TEST(Suspects, HaveAScoreAndNoTrustInWhatAClientClaims) {
  const auto suspects_of = [](bool is_claimed) {
    Reading reading;
    LogRecord record = request("192.0.2.1", 0, kAttack, 200);
    record.client_is_claimed = is_claimed;
    reading.take(record);
    return reading.signals.suspects(at(0));
  };
  const auto seen = suspects_of(false);
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].client.text(), Cidr::parse("192.0.2.1").value().text());
  EXPECT_EQ(seen[0].score, 5);
  EXPECT_TRUE(seen[0].is_trusted);
  EXPECT_FALSE(suspects_of(true).at(0).is_trusted);
}

TEST(Suspects, AreNotMadeWorseByWhatOthersClaim) {
  Reading reading;
  reading.take(request("192.0.2.1", 0, kAttack, 403));
  LogRecord claimed = request("192.0.2.1", 0, kAttack, 403);
  claimed.client_is_claimed = true;
  for (int i = 0; i < 50; ++i) reading.take(claimed);
  for (const Suspect& suspect : reading.signals.suspects(at(0)))
    EXPECT_EQ(suspect.score, suspect.is_trusted ? 1 : 50);
}

TEST(Suspects, AreForgottenAfterTheWindow) {
  Reading reading;
  reading.take(request("192.0.2.1", 0, kAttack, 403));
  EXPECT_THAT(reading.signals.suspects(at(299)), SizeIs(1));
  EXPECT_THAT(reading.signals.suspects(at(300)), IsEmpty());
}

}  // namespace
}  // namespace picket::security
