#include <gmock/gmock.h>

#include <fstream>
#include <limits>
#include <random>
#include <set>

#include "exporters/security/signals/client_activity.h"
#include "tests/security/signals/signal_lines.h"
#include "tests/support/sanitized.h"

namespace picket::security {
namespace {

SignalsConfig small() {
  SignalsConfig config;
  config.clients_max = 100;
  config.accounts_max = 100;
  config.events_per_minute = 3;
  config.scraping = {.requests = 50, .targets = 20};
  config.transfers.transfer_max = {1000};
  config.transfers.learning_days = 1;
  config.transfers.hourly_min = {2000};
  return config;
}

/// What a line is made of, so that it can be read again.
struct Line {
  RecordKind kind = RecordKind::Request;
  std::int64_t after = 0;
  std::string client{}, text{}, action{};
  int status = 200;
  LoginFailure failure = LoginFailure::None;
  std::uint64_t bytes = 0;

  LogRecord record() const {
    LogRecord record = request(client, after, text, status);
    record.kind = kind;
    record.account = text;
    record.failure = failure;
    record.limit = text;
    record.action = action;
    record.outcome = "success";
    record.bytes_sent = bytes;
    record.has_bytes_sent = bytes > 0;
    record.client_is_claimed = status == 500;
    return record;
  }
};

/// Half a day of everything, with bursts, late lines and a clock that is set back.
std::vector<Line> many_lines(std::size_t count) {
  std::mt19937 random(7);
  const auto below = [&](std::uint32_t max) { return random() % max; };
  std::vector<Line> lines;
  std::int64_t now = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (below(20) == 0) now += static_cast<std::int64_t>(below(400));
    if (i == count / 2) now -= 20'000;
    Line line{.after = now - (below(50) == 0 ? 30 : 0)};
    line.kind = std::array{RecordKind::Request, RecordKind::Login, RecordKind::Login, RecordKind::RateLimit,
                           RecordKind::Account}
                    .at(below(5));
    line.client = below(3) == 0 ? "192.0.2.1" : address(below(400));
    line.text = below(6) == 0 ? "/?q=union%20select" : fmt::format("/\xC3\xFF{}", below(300));
    line.status = std::array{200, 404, 403, 500}.at(below(4));
    line.failure =
        std::array{LoginFailure::None, LoginFailure::BadPassword, LoginFailure::UnknownAccount}.at(below(3));
    line.bytes = below(4) == 0 ? below(1200) : 0;
    line.action = line.kind == RecordKind::Account ? "users.role" : "";
    lines.push_back(std::move(line));
  }
  return lines;
}

template <std::size_t N>
void fill(DistinctBits<N>& bits) {
  for (std::uint64_t i = 0; i < N; ++i) bits.add(i);
}

// Limits of what is read back are made of this.
TEST(SignalsState, AnEntryOfATableHasItsSizeAtMost) {
  constexpr auto kBig = std::numeric_limits<std::uint32_t>::max();
  ClientActivity client{.client = client_key(IpAddress::parse("2001:db8:1234:5678::1").value(), true),
                        .last_seen = kSecondsMax,
                        .window_start = kSecondsMax,
                        .requests = kBig,
                        .not_found = kBig,
                        .failures = kBig,
                        .attacks = kBig,
                        .accepted = kBig,
                        .hour = kSecondsMax};
  fill(client.failed_accounts);
  fill(client.unknown_accounts);
  fill(client.targets);
  client.hour_bytes.fill(std::numeric_limits<std::uint64_t>::max());
  client.detected.last.fill(kSecondsMax);
  AccountActivity account{.account = std::string(kAccountMax, '"'),
                          .last_seen = kSecondsMax,
                          .window_start = kSecondsMax,
                          .failures = kBig};
  fill(account.clients);
  account.detected.last.fill(kSecondsMax);
  const auto size = [](const nlohmann::json& activity) {
    return to_json(nlohmann::json{std::numeric_limits<std::uint64_t>::max(), activity}).size() + 1;
  };
  EXPECT_LE(size(client.to_json()), ClientActivity::kTextMax);
  EXPECT_LE(size(account.to_json()), AccountActivity::kTextMax);
}

TEST(SignalsState, GoesOnFromAnyLineAsIfNothingHadHappened) {
  const std::vector<Line> lines = many_lines(1500);
  Reading whole(small());
  Reading broken(small());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    whole.take(lines[i].record(), at(lines[i].after));
    broken.take(lines[i].record(), at(lines[i].after));
    if (i % 17 != 0) continue;
    // What a crash leaves: the text of the state, and nothing else.
    const auto text = parse_json(picket::to_json(broken.signals.to_json()));
    ASSERT_TRUE(text) << text.error().message;
    Signals again("web", small(), two_rules());
    const Result<void> restored = again.restore(*text);
    ASSERT_TRUE(restored) << restored.error().message;
    broken.signals = std::move(again);
  }
  EXPECT_EQ(whole.signals.to_json(), broken.signals.to_json());
  ASSERT_EQ(whole.events.size(), broken.events.size());
  std::set<std::string> ids;
  for (std::size_t i = 0; i < whole.events.size(); ++i) {
    EXPECT_EQ(whole.events[i].id, broken.events[i].id);
    EXPECT_EQ(whole.events[i].details, broken.events[i].details);
    ids.insert(whole.events[i].id);
  }
  EXPECT_EQ(ids.size(), whole.events.size());
  EXPECT_GT(ids.size(), 50U);
  EXPECT_EQ(whole.counters().clock_resets, 1U);
  EXPECT_GT(whole.counters().clients_evicted, 0U);
}

TEST(SignalsState, TheSameLinesReadAgainGiveTheSameIds) {
  const std::vector<Line> lines = many_lines(300);
  Reading first(small());
  for (const Line& line : lines) first.take(line.record(), at(line.after));
  Reading second(small());
  for (const Line& line : lines) second.take(line.record(), at(line.after + 100));  // later, after a crash
  ASSERT_EQ(first.events.size(), second.events.size());
  for (std::size_t i = 0; i < first.events.size(); ++i) EXPECT_EQ(first.events[i].id, second.events[i].id);
  EXPECT_EQ(first.counters(), second.counters());
}

TEST(SignalsState, TakesUpLimitsThatHadChecksBesideTheirViolations) {
  nlohmann::json json = json_of(SignalCounters{});
  json["limits"] = {{"logins", {9, 7}}, {"http_429", 5}};
  const auto counters = counters_from_json(json);
  ASSERT_TRUE(counters) << counters.error().message;
  EXPECT_EQ(counters->limits.at("logins"), 7U);
  EXPECT_EQ(counters->limits.at("http_429"), 5U);
}

TEST(SignalsState, IsRefusedWhenTornOrForeignAndChangesNothing) {
  const std::vector<Line> lines = many_lines(300);
  Reading reading(small());
  for (const Line& line : lines) reading.take(line.record(), at(line.after));
  const nlohmann::json good = reading.signals.to_json();
  std::vector<nlohmann::json> bad{nullptr, nlohmann::json::array(), 7, nlohmann::json::object()};
  for (const auto& [key, value] : good.items()) {
    for (const nlohmann::json& wrong : {nlohmann::json(nullptr), nlohmann::json("x"), nlohmann::json(-1)}) {
      nlohmann::json torn = good;
      torn[key] = wrong;
      bad.push_back(torn);
    }
    nlohmann::json torn = good;
    torn.erase(key);
    bad.push_back(torn);
  }
  for (const nlohmann::json& torn : bad) {
    const Result<void> restored = reading.signals.restore(torn);
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().kind, ErrorKind::Corrupt);
    EXPECT_EQ(reading.signals.to_json(), good);
  }
}

TEST(SignalsState, OfASmallerTableKeepsTheMostActive) {
  Reading reading;
  for (std::size_t i = 0; i < 500; ++i) reading.take(request(address(i), 0, "/"));
  for (int i = 0; i < 50; ++i) reading.take(request("192.0.2.1", 0, "/?q=union%20select"));
  Signals fewer("web", small(), two_rules());
  ASSERT_TRUE(fewer.restore(reading.signals.to_json()));
  EXPECT_EQ(fewer.to_json().at("clients").size(), 100U);
  EXPECT_EQ(fewer.suspects(at(0)).size(), 1U);
}

TEST(SignalsState, CountersOfNamesThatAreNotKnownYetOrAnyMoreDoNotMatter) {
  SignalCounters counters;
  counters.attacks.at(0) = 5;
  nlohmann::json json = json_of(counters);
  json["attacks"]["a_class_of_tomorrow"] = 9;
  json.erase("blocks");
  EXPECT_EQ(counters_from_json(json).value(), counters);
}

std::uint64_t resident_pages() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  file >> size >> resident;
  return resident;
}

/// Each line has a new address and four new names.
TEST(HostileNames, AMillionOfThemLeaveMemoryAndSeriesAsTheyWere) {
  Reading reading({.clients_max = 2000, .accounts_max = 2000});
  std::uint64_t pages = 0;
  std::size_t state = 0;
  std::size_t rules = 0;
  for (std::size_t i = 0; i < 250'000; ++i) {
    const std::string name = fmt::format("{}\xFF\"{}", i, i * 7919);
    const std::string method = "m" + name;
    const std::string limit = "l" + name;
    const std::string action = "a" + name;
    const std::string client = address(i);
    const auto after = static_cast<std::int64_t>(i / 250);
    LogRecord record = i % 2 == 0 ? login(client, after, name) : request(client, after, name);
    record.method = method;
    record.limit = limit;
    record.action = action;
    record.outcome = name;
    if (i % 10 == 1) record.kind = RecordKind::RateLimit;
    reading.take(record);
    if (i != 60'000) continue;
    state = picket::to_json(reading.signals.to_json()).size();
    rules = reading.counters().rules.size();
    pages = resident_pages();
  }
  // A sanitizer keeps what was freed, by hundreds of MiB.
  EXPECT_LT(resident_pages(), pages + (picket::test::kSanitized ? 262'144 : 1024));  // 4 MiB
  EXPECT_LT(picket::to_json(reading.signals.to_json()).size(), state + state / 4);
  EXPECT_LT(state, 8'000'000U);
  const SignalsSnapshot snapshot = reading.snapshot(1000);
  EXPECT_EQ(reading.followed("clients"), 2000U);
  EXPECT_EQ(reading.followed("accounts"), 2000U);
  EXPECT_EQ(snapshot.counters.rules.size(), rules);
  EXPECT_EQ(snapshot.counters.limits.size(), SignalCounters::kLimitsMax + 1);
}

}  // namespace
}  // namespace picket::security
