#include "authd/audit/event.h"

#include <gtest/gtest.h>

#include "tests/support/manual_scheduler.h"

namespace picket::authd {
namespace {

AuditEvent event() {
  return {.timestamp = test::ManualClock::kStart,
          .user_id = "u1",
          .ip = "192.0.2.1",
          .user_agent = "curl/8",
          .action = "auth.login",
          .resource = "session:s1",
          .result = "success",
          .details = R"({"b": 1, "a": [true, "x"]})"};
}

TEST(AuditEvent, HasOneLineWithTheseNames) {
  EXPECT_EQ(
      canonical_line(canonical_event(event()).value()),
      R"({"timestamp":"2026-01-05T12:00:00.000Z","userId":"u1","ip":"192.0.2.1","userAgent":"curl/8",)"
      R"("action":"auth.login","resource":"session:s1","result":"success","details":{"a":[true,"x"],"b":1}})");
}

TEST(AuditEvent, ReadsBackFromItsLine) {
  const AuditRow row{42, canonical_event(event()).value(), "00ff"};
  const auto read = parse_jsonl_line(jsonl_line(row));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->seq, 42);
  EXPECT_EQ(read->hash, "00ff");
  EXPECT_EQ(read->event, row.event);
}

TEST(AuditEvent, ReadsBackWhateverDetailsItTakes) {
  AuditEvent deep = event();
  deep.details = R"({"a":)" + std::string(15, '[') + "1" + std::string(15, ']') + "}";
  const auto taken = canonical_event(deep);
  ASSERT_TRUE(taken) << taken.error().message;
  const auto read = parse_jsonl_line(jsonl_line({1, *taken, "h"}));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->event, *taken);
}

TEST(AuditEvent, StaysOneLineWhateverAStrangerSends) {
  AuditEvent hostile = event();
  hostile.user_agent = std::string("a\"b\\\r\n{\0}\xFF", 10) + std::string(5000, 'x');
  hostile.resource = "\xE2\x80\xA8";
  const auto clean = canonical_event(hostile);
  ASSERT_TRUE(clean);
  const std::string line = canonical_line(*clean);
  EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(clean->user_agent.find('\0'), std::string::npos);
  EXPECT_LE(clean->user_agent.size(), 256U);
  const auto read = parse_jsonl_line(jsonl_line({1, *clean, "h"}));
  ASSERT_TRUE(read) << line;
  EXPECT_EQ(read->event, *clean);
}

TEST(AuditEvent, IsWrittenOutOnOneLineForReadersThatKnowUnicode) {
  for (const std::string_view line_end : {"\u0085", "\u2028", "\u2029", "\u202e"}) {
    AuditEvent hostile = event();
    hostile.user_agent = fmt::format("curl{}forged", line_end);
    hostile.details = fmt::format(R"({{"reason{}":"x{}"}})", line_end, line_end);
    const auto clean = canonical_event(hostile);
    ASSERT_TRUE(clean);
    const std::string line = jsonl_line({7, *clean, "h"});
    EXPECT_EQ(line.find(line_end), std::string::npos) << line;
    const auto read = parse_jsonl_line(line);
    ASSERT_TRUE(read) << line;
    EXPECT_EQ(read->event, *clean) << "it says what it said";
  }
}

TEST(AuditEvent, IsItsOwnCanonicalForm) {
  const auto once = canonical_event(event());
  ASSERT_TRUE(once);
  EXPECT_EQ(canonical_event(*once).value(), *once);
}

TEST(AuditEvent, RefusesDetailsThatAreNoObject) {
  for (const std::string& details :
       {std::string(), std::string("[]"), std::string("1"), std::string("{"), std::string("{} {}"),
        std::string(9000, ' ') + "{}", R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}"}) {
    AuditEvent bad = event();
    bad.details = details;
    const auto refused = canonical_event(bad);
    ASSERT_FALSE(refused) << details;
    EXPECT_EQ(refused.error().kind, ErrorKind::InvalidInput);
  }
}

TEST(AuditEvent, RefusesLinesThatAreNone) {
  for (const std::string_view line : {"", "{}", "null", R"({"seq":1,"details":{}})",
                                      R"({"seq":"1","timestamp":"2026-01-05T12:00:00Z","details":{}})"}) {
    EXPECT_FALSE(parse_jsonl_line(line)) << line;
  }
}

TEST(AuditDetails, QuoteTheirText) {
  EXPECT_EQ(audit_details({{"to", "a\"b"}, {"from", "x"}}), R"({"from":"x","to":"a\"b"})");
  EXPECT_EQ(audit_details({}), "{}");
}

}  // namespace
}  // namespace picket::authd
