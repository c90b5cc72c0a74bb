// The audit log's end in a file outside the database, on both databases: line 53 of the attacks.
#include "authd/store/audit_anchor.h"

#include "tests/authd/store/store_fixture.h"
#include "tests/support/temp_dir.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class AuditAnchorTest : public OnStores {
 protected:
  void append(int rows) {
    for (int i = 0; i < rows; ++i) {
      const auto row = stores_->audit().append(
          {.timestamp = now(), .user_id = "u1", .action = "test", .result = "success"});
      ASSERT_TRUE(row) << row.error().message;
    }
  }
  AuditAnchor anchor(const std::string& key = "audit key") {
    return AuditAnchor(files_, dir_.path(), Secret(key));
  }
  bool advance() { return anchor().advance(*patient_).has_value(); }
  /// The first row that is missing, -1 when none is.
  std::int64_t lost(const std::string& key = "audit key") {
    const auto found = anchor(key).compare(*patient_);
    EXPECT_TRUE(found) << found.error().message;
    return found && *found ? (*found)->seq : -1;
  }
  std::string file() const { return dir_.read("audit.anchor"); }

  RealFiles files_;
};

TEST_P(AuditAnchorTest, IsMadeForADatabaseThatHasNone) {
  append(3);
  EXPECT_EQ(lost(), -1) << "no file, nothing to compare";
  EXPECT_TRUE(advance());
  EXPECT_NE(file().find(" 3 "), std::string::npos) << file();
  EXPECT_EQ(lost(), -1);
}

TEST_P(AuditAnchorTest, FollowsTheLogAndMayLagBehindIt) {
  EXPECT_TRUE(advance()) << "an empty log";
  append(3);
  EXPECT_EQ(lost(), -1) << "a crash before the file was written";
  EXPECT_TRUE(advance());
  append(2);
  EXPECT_EQ(lost(), -1);
  EXPECT_TRUE(advance());
  EXPECT_NE(file().find(" 5 "), std::string::npos) << file();
}

TEST_P(AuditAnchorTest, FindsWhatWasCutOffOrExchanged) {
  struct Row {
    std::string_view name;
    std::vector<std::string> damage;
    std::int64_t seq;
  };
  const std::vector<Row> rows{
      {"everything emptied", {"DELETE FROM audit_events", "DELETE FROM audit_marks"}, 1},
      {"the rows emptied", {"DELETE FROM audit_events"}, 4},
      {"the marks emptied", {"DELETE FROM audit_marks"}, 1},
      {"the last row gone", {"DELETE FROM audit_events WHERE seq = 4"}, 4},
  };
  for (const Row& row : rows) {
    run("DELETE FROM audit_events");
    run("DELETE FROM audit_marks");
    ASSERT_TRUE(!files_.exists(dir_.file("audit.anchor")) || files_.remove(dir_.file("audit.anchor")));
    append(4);
    ASSERT_TRUE(advance());
    ASSERT_EQ(lost(), -1) << row.name;
    const std::string before = file();
    for (const std::string& statement : row.damage) run(statement);
    EXPECT_EQ(lost(), row.seq) << row.name;
    EXPECT_FALSE(advance()) << row.name;
    EXPECT_EQ(file(), before) << "it never goes back by itself";
  }
}

TEST_P(AuditAnchorTest, FindsALogThatWasWrittenAnew) {
  append(3);
  ASSERT_TRUE(advance());
  run("DELETE FROM audit_events");
  run("DELETE FROM audit_marks");
  clock_.advance(1s);
  append(5);
  EXPECT_FALSE(stores_->audit().verify(0, 0)->broken) << "whole in itself";
  EXPECT_EQ(lost(), 3);
}

TEST_P(AuditAnchorTest, FindsAnOlderCopyOfTheDatabase) {
  append(2);
  const std::string hash = one("SELECT hash FROM audit_marks WHERE kind = 'head'");
  const std::string mac = one("SELECT mac FROM audit_marks WHERE kind = 'head'");
  append(2);
  ASSERT_TRUE(advance());
  run("DELETE FROM audit_events WHERE seq > 2");
  run("UPDATE audit_marks SET seq = 2, hash = '" + hash + "', mac = '" + mac + "' WHERE kind = 'head'");
  EXPECT_FALSE(stores_->audit().verify(0, 0)->broken) << "its end is signed";
  EXPECT_EQ(lost(), 3);
}

TEST_P(AuditAnchorTest, KnowsWhatRetentionDropped) {
  append(3);
  ASSERT_TRUE(advance());
  clock_.advance(24h);
  ASSERT_EQ(stores_->audit().drop_before(later(-1h)).value(), 3);
  EXPECT_EQ(lost(), -1) << "all that was seen, and signed as dropped";
  append(4);
  clock_.advance(24h);
  append(1);
  ASSERT_EQ(stores_->audit().drop_before(later(-1h)).value(), 4);
  EXPECT_EQ(lost(), -1) << "more than was seen";
  EXPECT_TRUE(advance());
  EXPECT_NE(file().find(" 8 "), std::string::npos) << file();
}

TEST_P(AuditAnchorTest, IsWorthNothingWithoutOurSignature) {
  append(2);
  ASSERT_TRUE(advance());
  EXPECT_EQ(lost("another key"), 2);
  const std::string genuine = file();
  const std::size_t seq = genuine.find(" 2 ");
  dir_.write("audit.anchor", genuine.substr(0, seq) + " 1 " + genuine.substr(seq + 3));
  EXPECT_EQ(lost(), 1);
  for (const char* text : {"", "nonsense", "audit-anchor-1 x y z\n"}) {
    dir_.write("audit.anchor", text);
    EXPECT_EQ(lost(), 0) << text;
    EXPECT_FALSE(advance()) << text;
  }
}

TEST_P(AuditAnchorTest, GoesOnFromTheEndThatWasAccepted) {
  append(4);
  ASSERT_TRUE(advance());
  run("DELETE FROM audit_events");
  run("DELETE FROM audit_marks");
  append(1);
  ASSERT_EQ(lost(), 2);
  ASSERT_TRUE(anchor().accept(*patient_));
  EXPECT_EQ(lost(), -1);
  append(1);
  EXPECT_TRUE(advance());
}

INSTANTIATE_TEST_SUITE_P(Engines, AuditAnchorTest, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
