// A database that an earlier version made, as an operator has it on the day of an upgrade: upgrade/README.md
// says what is in it. Its times are moved so that the earlier version stopped a moment ago. Nobody is told
// again, what waits arrives once, nothing is resolved while it lasts, and each timer goes on where it was.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/time/timestamp.h"
#include "tests/e2e/alertd/alertd_process.h"
#include "tests/e2e/alertd/conditions.h"
#include "tests/support/give_up.h"
#include "tests/support/peer_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/smtp_server.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{60};
constexpr milliseconds kPause{50};
constexpr seconds kStopped{15};  ///< between the earlier version and this one

/// What is known of one of the two databases: moments in ms since 1970, ids of the messages that wait.
struct Earlier {
  const char* engine;
  std::int64_t stopped_at, backup_told_at;
  const char *waiting_webhook, *waiting_mail;
};
constexpr Earlier kEarlier[] = {{"sqlite", 1796026634726, 1796026613971, "01a22b8740e2-0001-c734a280e97f4af6",
                                 "01a22b8740e2-0000-07a18afb8180182b"},
                                {"postgresql", 1796026663667, 1796026642381,
                                 "01a22b87afdb-0001-f3efe142f9e1ad4f", "01a22b87afdb-0000-fe5555766cf9a0c7"}};
constexpr seconds kBackupRepeats{40};

const Conditions::Series kLasting = {{"shop_errors{shop=\"berlin\"}", 3},
                                     {"shop_errors{shop=\"oslo\"}", 1},
                                     {"shop_slow_seconds{shop=\"berlin\"}", 5},
                                     {"shop_stock{shop=\"oslo\"}", 9},
                                     {"queue_length{queue=\"mail\"}", 200},
                                     {"queue_age_seconds{queue=\"print\"}", 700},
                                     {"db_up{cluster=\"eu\"}", 0},
                                     {"db_lag_seconds{cluster=\"eu\"}", 60},
                                     {"db_lag_seconds{cluster=\"us\"}", 60},
                                     {"disk_free_ratio{disk=\"sda\"}", 0.01},
                                     {"backup_age_seconds{volume=\"mail\"}", 200000}};

Conditions::Series ended() {
  Conditions::Series series = kLasting;
  for (auto& [name, value] : series) value = name.starts_with("db_up") || name.starts_with("disk") ? 1 : 0;
  series["shop_stock{shop=\"oslo\"}"] = 9;
  return series;
}

std::string fixture(const std::string& name) {
  const std::ifstream in(std::string(PICKET_SOURCE_DIR) + "/tests/e2e/alertd/upgrade/" + name);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) give_up("cannot read " + name);
  return std::move(text).str();
}

/// Every moment of the database, by so much later.
std::string moved_by(milliseconds time) {
  const auto moved = [](const char* table, std::initializer_list<const char*> columns, std::int64_t by) {
    std::string sql;
    for (const char* column : columns)
      sql += fmt::format("UPDATE {0} SET {1} = {1} + {2} WHERE {1} <> 0;\n", table, column, by);
    return sql;
  };
  const std::int64_t ms = time.count();
  return moved("deliveries", {"created_at", "next_try_at", "finished_at"}, ms) +
         moved("delivery_attempts", {"started_at"}, ms) +
         moved("alerts", {"starts_at", "ends_at", "updated_at"}, ms) +
         moved("alert_groups", {"next_flush_at"}, ms) + moved("told", {"told_at"}, ms) +
         moved("alertd_rule_alerts", {"active_at", "fired_at", "resolved_at", "keep_firing_since"},
               ms * 1'000'000);
}

void load_sqlite(const std::string& file, const std::string& sql) {
  sqlite3* database = nullptr;
  char* message = nullptr;
  const bool is_loaded = sqlite3_open(file.c_str(), &database) == SQLITE_OK &&
                         sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK;
  if (!is_loaded) give_up(fmt::format("loading {}: {}", file, message == nullptr ? "" : message));
  sqlite3_close(database);
}

/// "resolved Errors oslo" of each alert of each message.
std::multiset<std::string> alerts_of(const std::vector<PeerRequest>& requests) {
  std::multiset<std::string> alerts;
  for (const PeerRequest& request : requests) {
    const json body = json::parse(request.body);
    for (const json& alert : body.at("alerts")) {
      std::string text =
          alert.at("status").get<std::string>() + " " + alert.at("labels").at("alertname").get<std::string>();
      for (const char* label : {"shop", "queue", "cluster", "disk", "volume"})
        if (alert.at("labels").contains(label)) text += " " + alert["labels"][label].get<std::string>();
      alerts.insert(text);
    }
  }
  return alerts;
}

class AlertUpgradeTest : public ::testing::TestWithParam<Earlier> {
 protected:
  AlertUpgradeTest() { conditions_.wait_until_scraped(); }
  void TearDown() override {
    if (HasFailure()) std::printf("alertd said:\n%s", alertd_->log().c_str());
  }

  /// The earlier database, and alertd on it.
  void upgrade() {
    began_ = std::chrono::steady_clock::now();
    began_wall_ = unix_millis(SystemClock().wall());
    const milliseconds later(began_wall_ - milliseconds(kStopped).count() - GetParam().stopped_at);
    AlertdOptions options{.files = {{"alertd.yml", with_ports(fixture("alertd.yml"))},
                                    {"rules/shop.yml", fixture("rules/shop.yml")},
                                    {"rules/database.yml", fixture("rules/database.yml")}}};
    const std::string sql = with_ports(fixture(std::string(GetParam().engine) + ".sql"));
    if (GetParam().engine == std::string("postgresql")) {
      PostgresServer& postgres = PostgresServer::shared();
      options.dsn = postgres.create_database();
      const std::string name = options.dsn.substr(options.dsn.rfind('/') + 1);
      postgres.run(sql, name);
      postgres.run(moved_by(later), name);
    }
    alertd_ = std::make_unique<AlertdProcess>(options);
    if (options.dsn.empty()) load_sqlite(alertd_->database(), sql + moved_by(later));
    alertd_->start();
  }
  std::string with_ports(std::string text) const {
    const std::pair<std::string, int> ports[] = {{"@PROMETHEUS@", conditions_.prometheus().port()},
                                                 {"@SMTP@", smtp_.port()},
                                                 {"@HOOKS@", hooks_.port()},
                                                 {"@DEAD@", disk_.port()}};
    for (const auto& [mark, port] : ports) {
      for (std::size_t at = 0; (at = text.find(mark)) != std::string::npos;)
        text.replace(at, mark.size(), std::to_string(port));
    }
    return text;
  }

  std::multiset<std::string> told(const std::string& receiver) const {
    return alerts_of((receiver == "disk" ? disk_ : hooks_).requests("/" + receiver));
  }
  bool is_told(const std::string& receiver, const std::string& alert) const {
    return wait_until(kPatience, kPause, [&] { return told(receiver).contains(alert); });
  }
  bool has_mails(std::size_t count) const { return smtp_.wait_for(count, kPatience); }
  /// Of the alerts that the rules have now.
  json active(const std::string& name) const {
    const json answer = json::parse(http_get(alertd_->url("/api/v1/alerts")).body);
    for (const json& alert : answer.at("data").at("alerts"))
      if (alert.at("labels").at("alertname") == name) return alert;
    return json::object();
  }
  json deliveries(const std::string& receiver) const {
    return json::parse(http_get(alertd_->url("/api/v1/deliveries?receiver=" + receiver)).body)
        .at("data")
        .at("deliveries");
  }

  mutable Conditions conditions_{kLasting};
  LocalPeer hooks_, disk_;
  SmtpServer smtp_;
  std::unique_ptr<AlertdProcess> alertd_;
  std::int64_t began_wall_ = 0;  ///< ms since 1970
  std::chrono::steady_clock::time_point began_;
};

using Told = std::multiset<std::string>;

TEST_P(AlertUpgradeTest, TellsNobodyAgainAndResolvesOnceWhatEnds) {
  upgrade();
  ASSERT_TRUE(is_told("everyone", "firing Slow berlin"));
  ASSERT_TRUE(is_told("backup", "firing BackupOld mail"));
  ASSERT_TRUE(is_told("disk", "firing DiskFull sda"));
  ASSERT_TRUE(has_mails(1));
  EXPECT_EQ(told("everyone"), Told{"firing Slow berlin"});
  EXPECT_EQ(told("pager"), Told{});
  EXPECT_EQ(hooks_.requests("/chat").size(), 0U);
  EXPECT_EQ(active("StockLow").value("state", ""), "firing") << "it is kept firing for a day";

  const Told again = told("backup");
  conditions_.set(ended());
  ASSERT_TRUE(is_told("everyone", "resolved Slow berlin"));
  for (const char* alert : {"resolved Queue mail", "resolved Queue print", "resolved ReplicaLag us"})
    ASSERT_TRUE(is_told("everyone", alert));
  for (const char* alert : {"resolved DatabaseDown eu", "resolved Errors berlin", "resolved Errors oslo"})
    ASSERT_TRUE(is_told("pager", alert));
  ASSERT_TRUE(is_told("backup", "resolved BackupOld mail"));
  ASSERT_TRUE(is_told("disk", "resolved DiskFull sda"));
  ASSERT_TRUE(has_mails(2));
  ASSERT_TRUE(wait_until(kPatience, kPause, [&] { return !hooks_.requests("/chat").empty(); }));
  EXPECT_EQ(told("everyone"), (Told{"firing Slow berlin", "resolved Slow berlin", "resolved Queue mail",
                                    "resolved Queue print", "resolved ReplicaLag us"}));
  EXPECT_EQ(told("pager"),
            (Told{"resolved DatabaseDown eu", "resolved Errors berlin", "resolved Errors oslo"}));
  EXPECT_EQ(told("disk"), (Told{"firing DiskFull sda", "resolved DiskFull sda"}));
  EXPECT_EQ(told("backup").count("resolved BackupOld mail"), 1U);
  ASSERT_EQ(hooks_.requests("/chat").size(), 1U);
  EXPECT_NE(hooks_.requests("/chat").at(0).body.find("[RESOLVED] DatabaseDown"), std::string::npos);
  EXPECT_EQ(smtp_.mails().size(), 2U);
  EXPECT_EQ(active("StockLow").value("state", ""), "firing");
}

TEST_P(AlertUpgradeTest, SendsOnceWhatWaitedUnderItsId) {
  upgrade();
  ASSERT_TRUE(is_told("disk", "firing DiskFull sda"));
  ASSERT_TRUE(has_mails(1));
  // Then it looked at every group again, and would have told those that it took for new.
  ASSERT_TRUE(is_told("everyone", "firing Slow berlin"));
  ASSERT_EQ(disk_.count(), 1U);
  EXPECT_EQ(disk_.requests().at(0).header("Idempotency-Key"), GetParam().waiting_webhook);
  ASSERT_EQ(smtp_.mails().size(), 1U);
  EXPECT_NE(smtp_.mails().at(0).header("Message-ID").find(GetParam().waiting_mail), std::string::npos);
  for (const char* receiver : {"chat", "disk"}) {
    for (const json& delivery : deliveries(receiver))
      EXPECT_EQ(delivery.at("state"), "delivered") << delivery.dump();
  }
  EXPECT_EQ(deliveries("chat").size(), 1U);
  EXPECT_EQ(deliveries("disk").size(), 2U);
}

TEST_P(AlertUpgradeTest, GoesOnWithTheTimersOfThen) {
  upgrade();
  ASSERT_TRUE(is_told("backup", "firing BackupOld mail"));
  const milliseconds told_before = milliseconds(GetParam().stopped_at - GetParam().backup_told_at) + kStopped;
  EXPECT_GE(hooks_.requests("/backup").at(0).time - began_, kBackupRepeats - told_before)
      << "it is told again only after repeat_interval";
  ASSERT_TRUE(wait_until(kPatience, kPause, [&] { return active("Slow").value("state", "") == "firing"; }));
  const Result<WallTime> since = parse_rfc3339(active("Slow").at("activeAt").get<std::string>());
  ASSERT_TRUE(since);
  EXPECT_LT(unix_millis(*since), began_wall_) << "its `for` began under the earlier version";
}

INSTANTIATE_TEST_SUITE_P(Engines, AlertUpgradeTest, ::testing::ValuesIn(kEarlier),
                         [](const auto& earlier) { return std::string(earlier.param.engine); });

}  // namespace
}  // namespace picket::test
