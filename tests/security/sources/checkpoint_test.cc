#include "exporters/security/sources/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporters/security/sources/state_file.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"

namespace picket::security {
namespace {

using testing::HasSubstr;

Checkpoint example() {
  Checkpoint checkpoint;
  checkpoint.positions.files = {
      {.path = "/var/log/\xff.log",
       .file = {.device = 1, .inode = ~std::uint64_t{0}, .head_size = 1024, .head_hash = "ab"},
       .offset = 1ULL << 40,
       .skipping = true,
       .size = 7,
       .modified = -1,
       .read_until = 99,
       .next = FileIdentity{.device = 3, .inode = 4, .head_size = 0, .head_hash = ""},
       .left = {{.file = {.device = 1, .inode = 2, .head_size = 3, .head_hash = "cd"},
                 .offset = 5,
                 .skipping = true,
                 .before = {.size = 2, .hash = "ef"}},
                {}},
       .before = {.size = 256, .hash = "01"}},
      {.path = "/b"}};
  checkpoint.positions.pattern = "/var/log/\xff*.log";
  checkpoint.counts.tail = {.lines = 1,
                            .oversize_lines = 2,
                            .bytes = 3,
                            .lost_bytes = 4,
                            .read_errors = 5,
                            .renames = 6,
                            .truncates = 7,
                            .replaces = 8,
                            .refused_files = 9};
  checkpoint.counts.parsed = {10, 11, 12, 13, 14};
  checkpoint.counts.last_event = WallTime(std::chrono::milliseconds(1796050859123));
  checkpoint.parser = "what the parser remembers";
  checkpoint.signals = {{"counters", {1, 2, 3}}};
  return checkpoint;
}

TEST(Checkpoint, ComesBackAsItWas) {
  const Checkpoint written = example();
  const Result<Checkpoint> read = decode_checkpoint(encode_checkpoint(written));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->counts, written.counts);
  EXPECT_EQ(read->parser, written.parser);
  EXPECT_EQ(read->signals, written.signals);
  ASSERT_EQ(read->positions.files.size(), 2U);
  EXPECT_EQ(read->positions, written.positions);
}

TEST(Checkpoint, CutOffOrChangedAnywhereIsCorrupt) {
  const std::string text = encode_checkpoint(example());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Result<Checkpoint> cut = decode_checkpoint(text.substr(0, i));
    ASSERT_FALSE(cut) << i;
    EXPECT_EQ(cut.error().kind, ErrorKind::Corrupt);
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(decode_checkpoint(changed)) << i;
  }
  EXPECT_FALSE(decode_checkpoint(text + "\n"));
}

class StateFileTest : public testing::Test {
 protected:
  StateFile open() { return {dir_.file("web.state"), files_, clock_, log_}; }

  const test::TempDir dir_;
  RealFiles files_;
  test::ManualClock clock_;
  std::string logged_;
  Logger log_{{}, clock_, [this](std::string_view line) { logged_ += std::string(line) + "\n"; }};
};

TEST_F(StateFileTest, ADamagedOneIsKeptAsideAndThePreviousOneGoesOn) {
  StateFile file = open();
  EXPECT_FALSE(file.load());
  Checkpoint first = example(), second = example();
  first.counts.tail.lines = 100;
  second.counts.tail.lines = 200;
  ASSERT_TRUE(file.save(first));
  ASSERT_TRUE(file.save(second));
  ASSERT_EQ(open().load()->counts.tail.lines, 200U);
  dir_.write("web.state", dir_.read("web.state").substr(0, 300));
  EXPECT_EQ(open().load()->counts.tail.lines, 100U);
  EXPECT_THAT(logged_, HasSubstr("web.state.damaged-1767614400"));
  EXPECT_EQ(dir_.read("web.state.damaged-1767614400").size(), 300U);
  EXPECT_FALSE(files_.exists(dir_.file("web.state")));
}

TEST_F(StateFileTest, ThePreviousOneIsAtMostAMinuteOld) {
  StateFile file = open();
  Checkpoint checkpoint = example();
  for (int i = 0; i <= 60; ++i) {
    checkpoint.counts.tail.lines = static_cast<std::uint64_t>(i);
    ASSERT_TRUE(file.save(checkpoint));
    clock_.advance(std::chrono::seconds(1));
  }
  dir_.write("web.state", "torn");
  EXPECT_EQ(open().load()->counts.tail.lines, 60U);
}

TEST_F(StateFileTest, IsStoredAlsoWhenItsOlderCopyIsNot) {
  ASSERT_TRUE(files_.make_directories(dir_.file("web.state.previous"), 0700));
  StateFile file = open();
  for (int minute = 0; minute < 3; ++minute) {
    const Result<void> saved = file.save(example());
    EXPECT_TRUE(saved) << saved.error().message;
    clock_.advance(std::chrono::minutes(1));
  }
  EXPECT_TRUE(open().load());
  const std::size_t told = logged_.find("older copy");
  ASSERT_NE(told, std::string::npos) << logged_;
  EXPECT_EQ(logged_.find("older copy", told + 1), std::string::npos) << "once";
}

TEST_F(StateFileTest, ALargeOneIsWrittenLessOften) {
  StateFile file = open();
  EXPECT_EQ(file.pause(), Duration{});
  Checkpoint checkpoint = example();
  ASSERT_TRUE(file.save(checkpoint));
  EXPECT_LT(file.pause(), std::chrono::milliseconds(10));
  checkpoint.signals = std::string(3 * StateFile::kBytesPerSecond, 'x');
  ASSERT_TRUE(file.save(checkpoint));
  EXPECT_GE(file.pause(), std::chrono::seconds(3));
  EXPECT_LT(file.pause(), std::chrono::milliseconds(3100));
}

TEST_F(StateFileTest, ReadsBackTablesThatAreAsFullAsTheConfigurationLetsThemBe) {
  const nlohmann::json client = ClientActivity().to_json(), account = AccountActivity().to_json();
  nlohmann::json clients = nlohmann::json::array(), accounts = nlohmann::json::array();
  for (std::size_t key = 0; key < SignalsConfig::kTableMax; ++key) {
    clients.push_back({key, client});
    accounts.push_back({key, account});
  }
  Checkpoint checkpoint = example();
  checkpoint.signals = {{"clients", std::move(clients)}, {"accounts", std::move(accounts)}};
  ASSERT_TRUE(open().save(checkpoint));
  const auto read = open().load();
  ASSERT_TRUE(read) << logged_;
  EXPECT_EQ(read->signals["clients"].size(), SignalsConfig::kTableMax);
}

TEST_F(StateFileTest, WritesNothingThatItWouldNotRead) {
  Checkpoint checkpoint = example();
  ASSERT_TRUE(open().save(checkpoint));
  checkpoint.signals = std::string(kCheckpointMax, 'x');
  const auto saved = open().save(checkpoint);
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().message, HasSubstr("more than"));
  EXPECT_EQ(open().load()->signals, example().signals);
}

}  // namespace
}  // namespace picket::security
