#include "base/log/logger.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/exec/mutex.h"
#include "base/log/line.h"
#include "tests/support/manual_scheduler.h"

namespace picket {
namespace {

using std::chrono::milliseconds;

class LoggerTest : public testing::Test {
 protected:
  Logger make(Logger::Options options) {
    return Logger(options, clock_, [this](std::string_view line) {
      const MutexLock lock(mutex_);
      lines_.emplace_back(line);
    });
  }

  test::ManualClock clock_;
  Mutex mutex_;
  std::vector<std::string> lines_;
};

constexpr std::string_view kTs = "ts=2026-01-05T12:00:00.000Z ";

struct ValueCase {
  std::string value;
  std::string_view logfmt;
  std::string_view json;
};

const std::vector<ValueCase>& value_cases() {
  static const std::vector<ValueCase> cases = {
      {"plain", "plain", R"("plain")"},
      {"10.0.0.1:80", "10.0.0.1:80", R"("10.0.0.1:80")"},
      {"", R"("")", R"("")"},
      {"two words", R"("two words")", R"("two words")"},
      {"a=b", R"("a=b")", R"("a=b")"},
      {"say \"x\"", R"("say \"x\"")", R"("say \"x\"")"},
      {R"(C:\x)", R"("C:\\x")", R"("C:\\x")"},
      {"x\nts=1 level=error msg=forged", R"("x\nts=1 level=error msg=forged")",
       R"("x\nts=1 level=error msg=forged")"},
      {"a\r\tb", R"("a\r\tb")", R"("a\r\tb")"},
      {std::string("a\0b", 3), R"("a\u0000b")", R"("a\u0000b")"},
      {"\x1b[31mred\x7f", R"("\u001b[31mred\u007f")", R"("\u001b[31mred\u007f")"},
      {"c1\xc2\x9b", R"("c1\u009b")", R"("c1\u009b")"},
      {"ls\xe2\x80\xa8ps\xe2\x80\xa9", R"("ls\u2028ps\u2029")", R"("ls\u2028ps\u2029")"},
      {"bidi\xe2\x80\xae\xe2\x81\xa6", R"("bidi\u202e\u2066")", R"("bidi\u202e\u2066")"},
      {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac", "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac\"",
       "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac\""},
      {"bad\xff", "\"bad\xef\xbf\xbd\"", "\"bad\xef\xbf\xbd\""},
  };
  return cases;
}

TEST_F(LoggerTest, EscapesValuesSoThatALineCannotBeForged) {
  Logger logfmt = make({.format = LogFormat::Logfmt, .lines_per_second = 1000});
  Logger json = make({.format = LogFormat::Json, .lines_per_second = 1000});
  for (const ValueCase& row : value_cases()) {
    SCOPED_TRACE(row.logfmt);
    lines_.clear();
    logfmt.warn("event", {{"k", row.value}});
    json.warn("event", {{"k", row.value}});
    ASSERT_EQ(lines_.size(), 2U);
    EXPECT_EQ(lines_[0], fmt::format("{}level=warn msg=event k={}", kTs, row.logfmt));
    EXPECT_EQ(
        lines_[1],
        fmt::format(R"({{"ts":"2026-01-05T12:00:00.000Z","level":"warn","msg":"event","k":{}}})", row.json));
    EXPECT_TRUE(nlohmann::json::accept(lines_[1]));
  }
}

TEST_F(LoggerTest, WritesNumbersAsJsonNumbersWhereJsonHasThem) {
  Logger logger = make({.format = LogFormat::Json});
  logger.info("n", {{"i", -5},
                    {"u", std::uint64_t{18446744073709551615U}},
                    {"d", 0.25},
                    {"b", true},
                    {"nan", std::numeric_limits<double>::quiet_NaN()},
                    {"inf", -std::numeric_limits<double>::infinity()},
                    {"c", 'x'}});
  EXPECT_EQ(lines_.at(0),
            R"({"ts":"2026-01-05T12:00:00.000Z","level":"info","msg":"n","i":-5,"u":18446744073709551615,)"
            R"("d":0.25,"b":true,"nan":"nan","inf":"-inf","c":"x"})");
}

TEST_F(LoggerTest, TakesErrorsAndKeepsKeysInOneWord) {
  Logger logger = make({});
  logger.error("scrape failed", {{"error", Error{ErrorKind::Timeout, "no answer"}}, {"a b=\"\n", "v"}});
  EXPECT_EQ(lines_.at(0),
            std::string(kTs) + "level=error msg=\"scrape failed\" error=\"no answer\" a_b___=v");
}

TEST_F(LoggerTest, CutsAHugeValue) {
  Logger logger = make({});
  logger.info("big", {{"v", std::string(1'000'000, 'x')}});
  EXPECT_LT(lines_.at(0).size(), kLogValueBytesMax + 100);
  EXPECT_TRUE(lines_.at(0).ends_with("xxx..."));
}

TEST_F(LoggerTest, DropsWhatIsBelowItsLevel) {
  Logger logger = make({.level = LogLevel::Warn});
  logger.debug("d");
  logger.info("i");
  logger.warn("w");
  logger.error("e");
  EXPECT_EQ(lines_.size(), 2U);
  EXPECT_EQ(logger.emitted(LogLevel::Info), 0U);
  EXPECT_EQ(logger.emitted(LogLevel::Warn), 1U);
  EXPECT_EQ(logger.emitted(LogLevel::Error), 1U);
}

TEST_F(LoggerTest, SuppressesAFloodOfOneMessageAndSaysHowMuch) {
  Logger logger = make({.lines_per_second = 3});
  for (int i = 0; i < 10; ++i) logger.warn("flood", {{"i", i}});
  logger.warn("other");
  EXPECT_EQ(lines_.size(), 4U);
  EXPECT_EQ(logger.suppressed(LogLevel::Warn), 7U);

  clock_.advance(milliseconds(999));
  logger.warn("flood");
  EXPECT_EQ(lines_.size(), 4U);

  clock_.advance(milliseconds(1));
  logger.warn("flood", {{"i", 11}});
  ASSERT_EQ(lines_.size(), 6U);
  EXPECT_EQ(lines_[4],
            "ts=2026-01-05T12:00:01.000Z level=warn msg=\"lines suppressed\" suppressed_msg=flood count=8");
  EXPECT_EQ(lines_[5], "ts=2026-01-05T12:00:01.000Z level=warn msg=flood i=11");
}

TEST_F(LoggerTest, ClosesASecondAlsoWhenAnotherMessageComesOrTheLoggerEnds) {
  {
    Logger logger = make({.lines_per_second = 1});
    logger.info("a");
    logger.info("a");
    clock_.advance(milliseconds(1000));
    logger.error("b");
    logger.error("b");
    ASSERT_EQ(lines_.size(), 3U);
    EXPECT_TRUE(lines_[1].ends_with("level=info msg=\"lines suppressed\" suppressed_msg=a count=1"));
  }
  ASSERT_EQ(lines_.size(), 4U);
  EXPECT_TRUE(lines_[3].ends_with("level=error msg=\"lines suppressed\" suppressed_msg=b count=1"));
}

TEST_F(LoggerTest, StartsANewSecondWithoutAClosingLineWhenNothingWasSuppressed) {
  Logger logger = make({.lines_per_second = 2});
  for (int second = 0; second < 3; ++second) {
    logger.info("a");
    logger.info("a");
    clock_.advance(milliseconds(1000));
  }
  EXPECT_EQ(lines_.size(), 6U);
}

TEST_F(LoggerTest, CountsEachSubjectByItselfAndAllOfThemTogether) {
  Logger logger = make({.lines_per_second = 2});
  for (int i = 0; i < 10; ++i) logger.warn_of("flooder", "refused", {{"client", "flooder"}});
  EXPECT_EQ(lines_.size(), 4U) << "its own and the message's";
  for (int i = 0; i < 200; ++i) logger.warn_of(fmt::format("{}", i), "refused", {{"client", i}});
  EXPECT_EQ(lines_.size(), 204U);
  for (int i = 0; i < 5000; ++i) logger.warn_of(fmt::format("{}", i), "refused", {{"client", i}});
  EXPECT_EQ(lines_.size(), 1002U);
  logger.warn("other");
  EXPECT_EQ(lines_.size(), 1003U);
  clock_.advance(milliseconds(1000));
  logger.warn_of("flooder", "refused", {{"client", "flooder"}});
  EXPECT_EQ(lines_.size(), 1005U) << "with what was suppressed";
}

TEST_F(LoggerTest, BoundsItsMemoryWhenMessagesAreNotConstant) {
  Logger logger = make({.lines_per_second = 1});
  for (int i = 0; i < 5000; ++i) logger.info(fmt::format("message {}", i));
  EXPECT_EQ(lines_.size(), 1025U);
  EXPECT_EQ(logger.suppressed(LogLevel::Info), 5000U - 1025U);
}

TEST_F(LoggerTest, CountsEveryLineOfManyThreads) {
  Logger logger = make({.lines_per_second = 100});
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&logger] {
        for (int i = 0; i < 500; ++i) logger.info("busy", {{"i", i}});
      });
    }
  }
  EXPECT_EQ(logger.emitted(LogLevel::Info), 100U);
  EXPECT_EQ(logger.suppressed(LogLevel::Info), 1900U);
}

TEST(LogNames, ReadBackAndRefuseOthers) {
  for (const LogLevel level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error}) {
    EXPECT_EQ(parse_log_level(to_string(level)), level);
  }
  EXPECT_EQ(parse_log_format("json"), LogFormat::Json);
  EXPECT_EQ(parse_log_level("WARN").error().message,
            "log level must be debug, info, warn or error, not \"WARN\"");
  EXPECT_EQ(parse_log_format("xml").error().kind, ErrorKind::InvalidInput);
}

TEST(StandardError, GetsOneWholeLinePerEvent) {
  testing::internal::CaptureStderr();
  const test::ManualClock clock;
  Logger({}, clock).info("hello");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), std::string(kTs) + "level=info msg=hello\n");
}

}  // namespace
}  // namespace picket
