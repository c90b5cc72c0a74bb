#include <gmock/gmock.h>

#include "exporters/security/signals/transfer_baseline.h"
#include "tests/security/signals/signal_lines.h"

namespace picket::security {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kMiB = std::uint64_t{1024} * 1024;
constexpr auto kSent = static_cast<std::size_t>(Direction::Sent);

LogRecord download(std::string_view client, std::int64_t after, std::uint64_t bytes) {
  LogRecord record = request(client, after, "/file");
  record.bytes_sent = bytes;
  record.has_bytes_sent = true;
  return record;
}

std::vector<std::string> categories(const Reading& reading) {
  std::vector<std::string> categories;
  categories.reserve(reading.events.size());
  for (const SecurityEvent& event : reading.events) categories.push_back(event.category);
  return categories;
}

TEST(TransferSignals, AreCountedByDirectionAndSize) {
  Reading reading;
  reading.take(download("192.0.2.1", 0, 1024));
  reading.take(download("192.0.2.1", 0, 1025));
  LogRecord upload = request("192.0.2.1", 0, "/");
  upload.has_bytes_received = true;
  upload.bytes_received = 1ULL << 40;
  reading.take(upload);
  reading.take(request("192.0.2.1", 0, "/"));
  const SignalCounters counters = reading.counters();
  EXPECT_THAT(counters.transfers, ElementsAre(2, 1));
  EXPECT_THAT(counters.transfer_bytes, ElementsAre(2049, 1ULL << 40));
  EXPECT_EQ(counters.transfer_sizes.at(kSent).at(0), 1U);
  EXPECT_EQ(counters.transfer_sizes.at(kSent).at(1), 1U);
  EXPECT_EQ(counters.transfer_sizes.at(1).back(), 1U);
}

TEST(TransferSignals, FixedLimitsHoldForOneTransferAndForAnHour) {
  Reading reading({.transfers = {.transfer_max = {10 * kMiB}, .hourly_max = {25 * kMiB}}});
  for (int i = 0; i < 4; ++i) reading.take(download("192.0.2.1", i, 9 * kMiB));
  EXPECT_THAT(categories(reading), ElementsAre("sent_rate"));
  reading.take(download("192.0.2.2", 5, 11 * kMiB));
  EXPECT_THAT(categories(reading), ElementsAre("sent_rate", "sent_size"));
  for (int i = 0; i < 4; ++i) reading.take(download("192.0.2.1", 3600 + i, 9 * kMiB));
  EXPECT_THAT(categories(reading), ElementsAre("sent_rate", "sent_size", "sent_rate"));
  EXPECT_THAT(reading.counters().suspicious_transfers.at(kSent), ElementsAre(1, 2, 0, 0));
}

TEST(TransferSignals, FarMoreThanTheUsualOfTheHourIsSuspicious) {
  Reading reading({.transfers = {.hourly_min = {5 * kMiB}, .deviations = 6, .learning_days = 3}});
  const auto day = [&](int number, std::uint64_t worst) {
    const std::int64_t start = std::int64_t{86400} * number;
    for (std::size_t i = 0; i < 20; ++i) reading.take(download(address(i), start, kMiB + 50000 * i));
    reading.take(download("192.0.2.1", start + 1, worst));
    reading.take(request("192.0.2.1", start + 3700, "/"));  // the hour ends
  };
  day(0, 100 * kMiB);  // nothing is usual yet
  day(1, kMiB);
  day(2, kMiB);
  EXPECT_THAT(reading.events, IsEmpty());
  day(3, 4 * kMiB);
  EXPECT_THAT(reading.events, IsEmpty());
  day(4, 100 * kMiB);
  EXPECT_THAT(categories(reading), ElementsAre("sent_baseline"));
}

TEST(TransferSignals, OddHoursAreThoseOfTheCalendar) {
  constexpr std::int64_t kTwo = std::int64_t{16} * 3600;  // it begins at 10:00
  CalendarWindow night;
  night.times = {{0, 6 * 60}};
  Reading reading({.transfers = {.odd_hours = {night}, .odd_hours_min = {kMiB}}});
  reading.take(download("192.0.2.1", 0, 2 * kMiB));  // 10:00
  reading.take(download("192.0.2.1", kTwo, kMiB / 2));
  reading.take(download("192.0.2.1", kTwo + 1, 2 * kMiB));
  reading.take(download("192.0.2.1", kTwo + 2, 2 * kMiB));  // said already
  EXPECT_THAT(categories(reading), ElementsAre("sent_hour"));
}

TEST(TransferSignals, AFloodHasTheEventsOfItsMinute) {
  Reading reading({.events_per_minute = 5, .transfers = {.transfer_max = {kMiB}}});
  for (int i = 0; i < 50; ++i) reading.take(download("192.0.2.1", 0, 2 * kMiB));
  EXPECT_EQ(reading.events.size(), 5U);
  EXPECT_EQ(reading.counters().other_events_left_out, 45U);
  EXPECT_EQ(reading.counters().suspicious_transfers.at(kSent).at(0), 50U);
}

TEST(TransferBaseline, OneWhoMovesVeryMuchDoesNotMoveTheMedian) {
  constexpr std::int64_t kHour = std::int64_t{24} * 6;
  TransferBaseline baseline;
  for (std::int64_t day = 0; day < 5; ++day)
    baseline.learn(24 * day, Direction::Sent, {1000, 1100, 900, 1ULL << 50});
  const auto limit = baseline.limit(kHour, Direction::Sent, 6, 3);
  ASSERT_TRUE(limit);
  EXPECT_GT(*limit, 2000);
  EXPECT_LT(*limit, 100'000);
  EXPECT_FALSE(baseline.limit(kHour + 1, Direction::Sent, 6, 3));
  EXPECT_FALSE(baseline.limit(kHour, Direction::Received, 6, 3));
}

}  // namespace
}  // namespace picket::security
