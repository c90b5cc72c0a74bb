// From the lines that authd and PAM write to the counters of locks and blocks.
#include <gmock/gmock.h>

#include "tests/security/formats/reader.h"
#include "tests/security/signals/signal_lines.h"

namespace picket::security {
namespace {

using testing::Each;
using testing::ElementsAre;

SignalCounters counted(FormatType type, const std::vector<std::string>& lines) {
  test::Reader reader({.type = type});
  Reading reading;
  for (const std::string& line : lines) reading.take(reader.record(line));
  EXPECT_EQ(reader.problem(), "");
  return reading.counters();
}

TEST(AuditLines, AuthdsLogTellsOfLocksByTheirScopeAndOfBlocks) {
  const auto locked = [](std::string_view scope) {
    return fmt::format(
        "ts=2026-11-30T10:00:00Z level=warn msg=\"login locked\" client=203.0.113.9 scope={} account=id-alice",
        scope);
  };
  const std::string blocked =
      "ts=2026-11-30T10:00:00Z level=warn msg=\"network blocked\" client=203.0.113.9 "
      "network=203.0.113.9/32 until=2026-11-30T11:00:00Z reason=\"too many failures\"";
  const SignalCounters counters =
      counted(FormatType::AuthdLog, {locked("account"), locked("address"), locked("address"),
                                     locked("device"), locked("planet"), blocked, blocked});
  EXPECT_THAT(counters.lockouts, ElementsAre(1, 2, 0, 1, 0, 1));
  EXPECT_THAT(counters.blocks, ElementsAre(0, 2, 0));
  EXPECT_THAT(counters.audit, Each(Each(0)));  // they are no rows of the audit log
}

TEST(AuditLines, PamLocksAccounts) {
  const std::string lock =
      "pam_faillock(login:auth): Consecutive login failures for user bob account temporarily locked";
  const std::string head = "Nov 30 10:00:00 host login[7]: ";
  const SignalCounters counters =
      counted(FormatType::Auth, {head + lock, head + "message repeated 2 times: [ " + lock + "]"});
  EXPECT_THAT(counters.lockouts, ElementsAre(3, 0, 0, 0, 0, 0));
  EXPECT_THAT(counters.audit, Each(Each(0)));
}

}  // namespace
}  // namespace picket::security
