#include "exporters/security/sources/source_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/security/sources/reader_fixture.h"

namespace picket::security {
namespace {

class SourceReaderTest : public ReaderFixture {
 protected:
  /// Lines from..to of a log in which every third request is an attack, and half of those were let through.
  void append(int from, int to) const {
    std::ofstream out(log_file_, std::ios::app);
    for (int i = from; i < to; ++i) {
      const char* target = i % 3 == 0 ? "/?q=1'+UNION+SELECT+password+FROM+users--" : "/index.html";
      out << "192.0.2." << i % 200 << " - - [05/Jan/2026:12:00:" << (i % 60 < 10 ? "0" : "") << i % 60
          << " +0000] \"GET " << target << " HTTP/1.1\" " << (i % 2 == 0 ? 200 : 403) << " 100 \"-\" \"x\"\n";
    }
  }

  std::unique_ptr<SourceReader> open() const { return ReaderFixture::open(config_); }
  static Count attacks(const SourceReader& reader) {
    return reader.status()->signals.counters.attacks[category_of(AttackClass::SqlInjection)];
  }
  static Count accepted(const SourceReader& reader) {
    return reader.status()->signals.counters.attacks_accepted[category_of(AttackClass::SqlInjection)];
  }

  const std::string log_file_ = dir_.file("access.log");
  SourceConfig config_{.name = "web", .format = {}, .files = {.pattern = log_file_, .from = TailFrom::Start}};
};

TEST_F(SourceReaderTest, CountsEachLineOnceWhereverItDies) {
  append(0, 300);
  for (int lines_before_the_end = 1; lines_before_the_end < 300; lines_before_the_end += 37) {
    std::filesystem::remove(dir_.file("web.state"));
    std::filesystem::remove(dir_.file("web.state.previous"));
    std::filesystem::remove(log_file_);
    append(0, lines_before_the_end);
    {
      const auto reader = open();
      read_all(*reader);
      reader->checkpoint();
      append(lines_before_the_end, 300);
      read_all(*reader);
      EXPECT_EQ(attacks(*reader), 100U);
    }  // dies without a checkpoint
    const auto reader = open();
    EXPECT_EQ(reader->status()->counts.tail.lines, static_cast<std::uint64_t>(lines_before_the_end));
    EXPECT_FALSE(reader->status()->caught_up);
    read_all(*reader);
    EXPECT_TRUE(reader->status()->caught_up);
    EXPECT_EQ(reader->status()->counts.tail.lines, 300U);
    EXPECT_EQ(attacks(*reader), 100U);
    EXPECT_EQ(accepted(*reader), 50U);
  }
}

TEST_F(SourceReaderTest, TellsAtWhichRowAnAuditLogIsBroken) {
  const auto row = [](int seq) {
    return R"({"timestamp":"2026-01-05T12:00:00Z","action":"users.update","details":{},"seq":)" +
           std::to_string(seq) + R"(,"hash":")" + std::string(64, 'a') + "\"}\n";
  };
  config_.format.type = FormatType::AuthdAudit;
  std::ofstream(log_file_) << row(7) << row(8) << row(9);
  const auto reader = open();
  read_all(*reader);
  EXPECT_EQ(reader->status()->signals.chain->breaks, 2U);
  EXPECT_THAT(logged_, testing::HasSubstr("row=8"));
  EXPECT_THAT(logged_, testing::Not(testing::HasSubstr("row=9"))) << "one line a minute";
}

TEST_F(SourceReaderTest, HasCaughtUpWhenAllIsReadOfTheStartHoweverMuchComes) {
  constexpr int kLinesOfAStep = 14'000;  // more than kBudget
  append(0, 10);
  {
    const auto reader = open();
    read_all(*reader);
    reader->checkpoint();
  }
  append(0, kLinesOfAStep);
  const auto reader = open();
  int steps = 0;
  for (; !reader->status()->caught_up && steps < 10; ++steps) {
    append(0, kLinesOfAStep);
    EXPECT_TRUE(reader->step());  // there is always more
    reader->publish();
  }
  EXPECT_GT(steps, 1);
  EXPECT_LT(steps, 5);
}

TEST_F(SourceReaderTest, WhatIsReadAgainHasTheSameEvents) {
  append(0, 50);
  const auto first = open();
  read_all(*first);  // dies without a checkpoint
  ASSERT_FALSE(events_.empty());
  std::set<std::string> ids;
  for (const SecurityEvent& event : events_) ids.insert(event.id);
  EXPECT_EQ(ids.size(), events_.size());
  const std::size_t before = events_.size();
  read_all(*open());
  EXPECT_EQ(events_.size(), 2 * before);
  for (const SecurityEvent& event : events_) EXPECT_TRUE(ids.contains(event.id)) << event.summary;
}

TEST_F(SourceReaderTest, AnotherFormatGoesOnWithTheCountersOfBefore) {
  append(0, 10);
  {
    const auto reader = open();
    read_all(*reader);
    reader->checkpoint();
  }
  config_.format.log_format = "$remote_addr $request";
  std::ofstream(log_file_, std::ios::app) << "192.0.2.1 GET / HTTP/1.1\nnonsense\n";
  const auto reader = open();
  read_all(*reader);
  EXPECT_EQ(reader->status()->counts.tail.lines, 12U);
  EXPECT_EQ(reader->status()->counts.parsed[static_cast<std::size_t>(ParseResult::Ok)], 11U);
  EXPECT_EQ(reader->status()->counts.parsed[static_cast<std::size_t>(ParseResult::Format)], 1U);
}

TEST_F(SourceReaderTest, NoPositionIsStoredBeforeTheEventsOfItsLines) {
  append(0, 10);
  events_waiting_ = 1;
  const auto reader = open();
  const auto is_stored = [this] { return files_.exists(dir_.file("web.state")); };
  read_all(*reader);
  EXPECT_TRUE(is_stored());  // the first one, from before the first line
  EXPECT_EQ(open()->status()->counts.tail.lines, 0U);
  ASSERT_TRUE(files_.remove(dir_.file("web.state")));
  reader->checkpoint_behind_events();
  EXPECT_FALSE(is_stored());

  append(0, 10);
  read_all(*reader);
  reader->checkpoint_behind_events();
  EXPECT_FALSE(is_stored());
  EXPECT_FALSE(reader->is_settled());
  events_waiting_ = 0;
  reader->checkpoint_behind_events();
  EXPECT_TRUE(is_stored());

  append(0, 10);
  ASSERT_TRUE(files_.remove(dir_.file("web.state")));
  events_waiting_ = 5;  // the store is gone
  read_all(*reader);
  reader->checkpoint_behind_events();
  clock_.advance(SourceReader::kEventsPatience - std::chrono::seconds(1));
  reader->checkpoint_behind_events();
  EXPECT_FALSE(is_stored());
  clock_.advance(std::chrono::seconds(1));
  reader->checkpoint_behind_events();
  EXPECT_TRUE(is_stored());
}

TEST_F(SourceReaderTest, AtTheEndNoPositionIsStoredWhileEventsWaitHoweverLong) {
  append(0, 10);
  const auto reader = open();
  read_all(*reader);
  reader->checkpoint_at_end();
  EXPECT_TRUE(reader->hand_over().is_stored);
  append(0, 10);
  read_all(*reader);
  events_waiting_ = 3;
  clock_.advance(2 * SourceReader::kEventsPatience);
  reader->checkpoint_at_end();
  EXPECT_FALSE(reader->hand_over().is_stored);
  EXPECT_EQ(open()->status()->counts.tail.lines, 10U);  // the next start reads the others again
  events_waiting_ = 0;
  reader->checkpoint_at_end();
  EXPECT_EQ(open()->status()->counts.tail.lines, 20U);
}

TEST_F(SourceReaderTest, AFullDiskIsToldOnceAndItGoesOn) {
  append(0, 10);
  SourceParts parts = parts_;
  parts.folder = dir_.file("gone");
  const auto reader = ReaderFixture::open(config_, parts);
  for (int i = 0; i < 3; ++i) {
    read_all(*reader);
    reader->checkpoint();
  }
  reader->publish();
  EXPECT_EQ(reader->status()->counts.tail.lines, 10U);
  EXPECT_EQ(reader->status()->checkpoint_failures, 4U);  // one before the first line
  EXPECT_FALSE(reader->status()->checkpoint_problem.empty());
  EXPECT_FALSE(reader->is_settled());
  EXPECT_EQ(std::ranges::count(logged_, '\n'), 1) << logged_;
  ASSERT_TRUE(files_.make_directories(dir_.file("gone"), 0700));
  reader->checkpoint();
  reader->publish();
  EXPECT_EQ(reader->status()->checkpoint_problem, "");
  EXPECT_TRUE(reader->is_settled());
}

}  // namespace
}  // namespace picket::security
