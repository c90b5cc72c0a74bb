#include "authd/audit/audit_trail.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <sstream>

#include "authd/store/migrations.h"
#include "authd/store/sql_audit_log.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"

namespace picket::authd {
namespace {

class Trail : public testing::Test {
 protected:
  Trail() : database_(sql::Database::open(*sql::Dsn::parse(dir_.file("state.db"))).value()) {
    EXPECT_TRUE(database_->migrate("authd", store_migrations()));
  }

  static AuditEvent event(const std::string& action) {
    return {.timestamp = test::ManualClock::kStart, .action = action, .result = "success"};
  }
  static double failures(MetricRegistry& registry, const std::string& target) {
    return registry.counter("authd_audit_write_failures_total", "").Add({{"target", target}}).Value();
  }

  test::TempDir dir_;
  std::unique_ptr<sql::Database> database_;
  SqlAuditLog stored_{*database_, Secret("audit key")};
  test::ManualClock clock_;
  std::string logged_;
  Logger log_{{}, clock_, [this](std::string_view line) { logged_ += line; }};
};

TEST_F(Trail, WritesALineForEachRowAfterARotationToo) {
  MetricRegistry registry;
  const FileSink sink(dir_.file("audit.jsonl"));
  AuditTrail trail(stored_, sink, registry, log_);
  ASSERT_TRUE(trail.append(event("one")));
  ASSERT_EQ(std::rename(dir_.file("audit.jsonl").c_str(), dir_.file("audit.jsonl.1").c_str()), 0);
  ASSERT_TRUE(trail.append(event("two")));
  ASSERT_TRUE(trail.append(event("three")));
  ChainVerifier chain(AuditMark{});
  std::istringstream shipped(dir_.read("audit.jsonl.1") + dir_.read("audit.jsonl"));
  int lines = 0;
  for (std::string line; std::getline(shipped, line); ++lines) {
    const auto row = parse_jsonl_line(line);
    ASSERT_TRUE(row) << line;
    EXPECT_FALSE(chain.take(*row)) << line;
  }
  EXPECT_EQ(lines, 3);
  EXPECT_EQ(failures(registry, "file"), 0);
}

TEST_F(Trail, CountsAFullDiskAndGoesOn) {
  MetricRegistry registry;
  const FileSink sink("/dev/full");
  AuditTrail trail(stored_, sink, registry, log_);
  EXPECT_TRUE(trail.append(event("one")));
  EXPECT_TRUE(trail.append(event("two")));
  EXPECT_EQ(failures(registry, "file"), 2);
  EXPECT_EQ(failures(registry, "store"), 0);
  EXPECT_EQ(trail.verify(0, 0)->checked, 2);
}

TEST_F(Trail, CountsAFolderThatIsNotThere) {
  const FileSink sink(dir_.file("missing/audit.jsonl"));
  const auto written = sink.write_line("x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::Unavailable);
}

TEST_F(Trail, GoesOnInAnotherFileAfterAReload) {
  MetricRegistry registry;
  FileSink sink("");
  AuditTrail trail(stored_, sink, registry, log_);
  ASSERT_TRUE(trail.append(event("one")));
  sink.reload(dir_.file("audit.jsonl"));
  ASSERT_TRUE(trail.append(event("two")));
  EXPECT_THAT(dir_.read("audit.jsonl"),
              testing::AllOf(testing::HasSubstr("two"), testing::Not(testing::HasSubstr("one"))));
}

TEST_F(Trail, ShipsNothingThatTheStoreDidNotTake) {
  MetricRegistry registry;
  const FileSink sink(dir_.file("audit.jsonl"));
  AuditTrail trail(stored_, sink, registry, log_);
  ASSERT_TRUE(database_->execute("DROP TABLE audit_events"));
  EXPECT_FALSE(trail.append(event("one")));
  EXPECT_FALSE(trail.append({.timestamp = test::ManualClock::kStart, .action = "two", .result = "denied"}));
  EXPECT_EQ(failures(registry, "store"), 2);
  EXPECT_THAT(logged_, testing::AllOf(testing::HasSubstr("audit event not written"),
                                      testing::HasSubstr(R"(\"action\":\"one\")"),
                                      testing::Not(testing::HasSubstr("two"))))
      << "what was done is not lost, what was refused changed nothing";
  EXPECT_EQ(dir_.read("audit.jsonl"), "");
}

}  // namespace
}  // namespace picket::authd
