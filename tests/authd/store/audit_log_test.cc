// Row 53 of the attack table on both databases, and the chain under concurrent writers.
#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class Audit : public OnStores {
 protected:
  AuditLog& audit() { return stores_->audit(); }
  AuditEvent event(const std::string& action, const std::string& user = "u1") const {
    return {.timestamp = now(), .user_id = user, .ip = "192.0.2.1", .action = action, .result = "denied"};
  }
  void append(int rows) {
    for (int i = 1; i <= rows; ++i) {
      const auto row = audit().append(event("test." + std::to_string(i)));
      ASSERT_TRUE(row) << row.error().message;
    }
  }
  void begin_again() {
    run("DELETE FROM audit_events");
    run("DELETE FROM audit_marks");
  }
  std::int64_t first_break(std::int64_t first = 0, std::int64_t last = 0) {
    const auto verdict = audit().verify(first, last);
    if (!verdict) return -2;
    return verdict->broken ? verdict->broken->seq : -1;
  }
};

constexpr std::int64_t kWhole = -1;

TEST_P(Audit, IsWholeFromTheFirstRowOn) {
  EXPECT_EQ(first_break(), kWhole) << "an empty log";
  append(5);
  EXPECT_EQ(first_break(), kWhole);
  EXPECT_EQ(audit().verify(0, 0)->checked, 5);
  const AuditVerdict part = audit().verify(2, 4).value();
  EXPECT_FALSE(part.broken);
  EXPECT_EQ(part.checked, 3);
  EXPECT_EQ(part.first, 2);
  EXPECT_EQ(part.last, 4);
  EXPECT_EQ(audit().append(event("test.6"))->seq, 6);
}

TEST_P(Audit, NamesTheFirstRowThatWasTamperedWith) {
  struct Row {
    std::string_view name;
    std::vector<std::string> damage;
    std::int64_t seq;
  };
  const std::string last_hash = "(SELECT hash FROM audit_events WHERE seq = 4)";
  const std::vector<Row> rows{
      {"altered result", {"UPDATE audit_events SET result = 'success' WHERE seq = 3"}, 3},
      {"altered time", {"UPDATE audit_events SET at = at + 1 WHERE seq = 3"}, 3},
      {"altered user", {"UPDATE audit_events SET user_id = 'u2' WHERE seq = 3"}, 3},
      {"altered details", {"UPDATE audit_events SET details = '{\"a\":1}' WHERE seq = 5"}, 5},
      {"deleted", {"DELETE FROM audit_events WHERE seq = 3"}, 3},
      {"first deleted", {"DELETE FROM audit_events WHERE seq = 1"}, 1},
      {"last deleted", {"DELETE FROM audit_events WHERE seq = 5"}, 5},
      {"all deleted", {"DELETE FROM audit_events"}, 1},
      {"deleted and closed up",
       {"DELETE FROM audit_events WHERE seq = 3", "UPDATE audit_events SET seq = seq - 1 WHERE seq > 3"},
       3},
      {"last deleted, end moved",
       {"UPDATE audit_marks SET seq = 4, hash = " + last_hash, "DELETE FROM audit_events WHERE seq = 5"},
       4},
      {"end taken away", {"DELETE FROM audit_marks"}, 1},
      {"row added",
       {"INSERT INTO audit_events (seq, at, user_id, ip, user_agent, action, resource, result, details, "
        "hash) "
        "VALUES (6, 0, '', '', '', '', '', '', '{}', 'x')"},
       6},
      {"beginning cut off with an anchor of one's own",
       {"INSERT INTO audit_marks (kind, seq, hash, mac) SELECT 'anchor', seq, hash, 'x' FROM audit_events "
        "WHERE "
        "seq = 2",
        "DELETE FROM audit_events WHERE seq <= 2"},
       3},
  };
  for (const Row& row : rows) {
    begin_again();
    append(5);
    ASSERT_EQ(first_break(), kWhole) << row.name;
    for (const std::string& statement : row.damage) run(statement);
    EXPECT_EQ(first_break(), row.seq) << row.name;
  }
}

TEST_P(Audit, ChecksARangeByItself) {
  append(6);
  run("UPDATE audit_events SET result = 'success' WHERE seq = 2");
  EXPECT_EQ(first_break(), 2);
  EXPECT_EQ(first_break(4, 6), kWhole);
  EXPECT_EQ(first_break(2, 3), 2);
  EXPECT_EQ(first_break(1, 1), kWhole);
}

TEST_P(Audit, SignsNoForgedEnd) {
  append(3);
  run("UPDATE audit_marks SET seq = 2, hash = (SELECT hash FROM audit_events WHERE seq = 2)");
  run("DELETE FROM audit_events WHERE seq = 3");
  const auto appended = audit().append(event("test.4"));
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(one("SELECT COUNT(*) FROM audit_events"), "2");
}

TEST_P(Audit, VerifiesWhatIsLeftAfterRetention) {
  append(3);
  clock_.advance(24h);
  append(3);
  EXPECT_EQ(audit().drop_before(later(-25h)).value(), 0);
  EXPECT_EQ(audit().drop_before(later(-1h)).value(), 3);
  const AuditVerdict verdict = audit().verify(0, 0).value();
  EXPECT_FALSE(verdict.broken);
  EXPECT_EQ(verdict.checked, 3);
  EXPECT_EQ(verdict.first, 4);
  EXPECT_EQ(first_break(1, 0), kWhole) << "from the beginning that is left";
  clock_.advance(24h);
  EXPECT_EQ(audit().drop_before(now()).value(), 3);
  EXPECT_EQ(first_break(), kWhole) << "nothing is left";
  append(1);
  EXPECT_EQ(audit().verify(0, 0)->last, 7);
  EXPECT_EQ(first_break(), kWhole);
}

TEST_P(Audit, DropsNothingThatDoesNotVerify) {
  append(5);
  clock_.advance(24h);
  run("UPDATE audit_events SET result = 'success' WHERE seq = 2");
  EXPECT_EQ(audit().drop_before(now()).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(one("SELECT COUNT(*) FROM audit_events"), "5");
}

TEST_P(Audit, HasNoGapUnder64WritersOnTwoReplicas) {
  const auto second_database = open_patient(dsn_text_);
  Stores second(*second_database, store_keys({"k1"}, "k1"), random_, clock_);
  std::atomic<int> errors = 0;
  constexpr int kEach = 4;
  race([&](int number) {
    AuditLog& log = number % 2 == 0 ? stores_->audit() : second.audit();
    for (int i = 0; i < kEach; ++i) {
      const auto row = log.append(event("race", std::to_string(number)));
      if (!row || row->event.user_id != std::to_string(number)) ++errors;
    }
  });
  EXPECT_EQ(errors, 0);
  const AuditVerdict verdict = audit().verify(0, 0).value();
  EXPECT_FALSE(verdict.broken) << verdict.broken->reason;
  EXPECT_EQ(verdict.checked, kRacers * kEach);
}

TEST_P(Audit, IsQueriedByWhatOneLooksFor) {
  const std::vector<std::pair<std::string, std::string>> events{{"auth.login", "u1"},
                                                                {"auth.login", "u2"},
                                                                {"users.suspend", "u1"},
                                                                {"authx", "u1"},
                                                                {"users.role", "u3"}};
  for (const auto& [action, user] : events) {
    ASSERT_TRUE(audit().append(event(action, user)));
    clock_.advance(1min);
  }
  struct Row {
    std::string_view name;
    AuditFilter filter;
    std::vector<std::int64_t> seqs;
  };
  const std::vector<Row> rows{
      {"everything, newest first", {}, {5, 4, 3, 2, 1}},
      {"one user", {.user_id = "u1"}, {4, 3, 1}},
      {"one action", {.action = "auth.login"}, {2, 1}},
      {"a family of actions", {.action = "auth.*"}, {2, 1}},
      {"a wildcard of SQL", {.action = "auth%"}, {}},
      {"both", {.user_id = "u1", .action = "users.*"}, {3}},
      {"from and to", {.from = later(-4min), .to = later(-2min)}, {3, 2}},
      {"a page", {.limit = 2}, {5, 4}},
      {"the next page", {.before_seq = 4, .limit = 2}, {3, 2}},
      {"a quote", {.resource = "' OR 1 = 1 --"}, {}},
      {"an address", {.result = "denied", .ip = "192.0.2.1"}, {5, 4, 3, 2, 1}},
  };
  for (const Row& row : rows) {
    const auto found = audit().query(row.filter);
    ASSERT_TRUE(found) << row.name << ": " << found.error().message;
    std::vector<std::int64_t> seqs;
    for (const AuditRow& audit_row : *found) seqs.push_back(audit_row.seq);
    EXPECT_EQ(seqs, row.seqs) << row.name;
  }
  EXPECT_EQ(audit().read(3, 1)->front().seq, 4);
}

INSTANTIATE_TEST_SUITE_P(Engines, Audit, kEngines, test::engine_name);

TEST(AuditExport, VerifiesAsAFileByItself) {
  const test::TempDir dir;
  const auto database = open_patient(dir.file("state.db"));
  ASSERT_TRUE(Stores::migrate(*database));
  SqlAuditLog log(*database, Secret("audit key"));
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(log.append({.timestamp = test::ManualClock::kStart, .action = "a"}));
  const auto rows = log.read(0, 10).value();
  ChainVerifier chain(AuditMark{});
  for (const AuditRow& row : rows) EXPECT_FALSE(chain.take(parse_jsonl_line(jsonl_line(row)).value()));
  EXPECT_EQ(chain.seq(), 3);
}

TEST(StoreFault, IsUnavailableWhileTheDatabaseIsDownAndThenWorksAgain) {
  test::PostgresServer server;
  const auto database = open_patient(server.dsn());
  ASSERT_TRUE(Stores::migrate(*database));
  const test::ManualClock clock;
  SystemRandom random;
  Stores stores(*database, store_keys({"k1"}, "k1"), random, clock);
  ASSERT_TRUE(stores.audit().append({.action = "before"}));
  server.stop();
  EXPECT_EQ(stores.accounts().find("u").error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(stores.failures().add("k", clock.wall(), WallTime{}).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(stores.sessions().rotate("s", {}, clock.wall()).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(stores.accounts().ended_grants(0).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(stores.audit().append({.action = "during"}).error().kind, ErrorKind::Unavailable);
  server.start();
  EXPECT_EQ(stores.audit().append({.action = "after"})->seq, 2);
  EXPECT_FALSE(stores.audit().verify(0, 0)->broken);
}

}  // namespace
}  // namespace picket::authd
