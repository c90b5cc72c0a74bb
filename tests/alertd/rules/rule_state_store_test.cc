#include "alertd/rules/rule_state_store.h"

#include <cmath>

#include "alertd/rules/rule_takeover.h"
#include "tests/alertd/rules/rule_script.h"
#include "tests/support/postgres_server.h"

namespace picket::alertd {
namespace {

using test::make_rule;
using test::play;

/// On SQLite and on PostgreSQL.
class RuleStateStoreTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    database_ = open_empty();
    migrate(RuleStateStore::migrations());
  }

  static std::unique_ptr<sql::Database> open_empty() {
    const std::string dsn = GetParam() == sql::Engine::Sqlite
                                ? "sqlite::memory:"
                                : picket::test::PostgresServer::shared().create_schema();
    auto opened = sql::Database::open(sql::Dsn::parse(dsn).value());
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return std::move(*opened);
  }

  void migrate(std::span<const sql::Migration> migrations) {
    const auto migrated = database_->migrate(RuleStateStore::kComponent, migrations);
    ASSERT_TRUE(migrated) << migrated.error().message;
  }

  void save(const std::string& key, RuleState& state) {
    const StoredAs as{key, "identity of " + key, "up == 0", 1};
    const auto saved = database_->transaction(
        [&](sql::Session& session) { return RuleStateStore::save(session, as, state); });
    ASSERT_TRUE(saved) << saved.error().message;
    mark_saved(state);
  }

  StoredRules load() {
    auto states = RuleStateStore::load(*database_);
    EXPECT_TRUE(states) << (states ? "" : states.error().message);
    return states ? std::move(*states) : StoredRules();
  }

  std::unique_ptr<sql::Database> database_;
};

ActiveAlert alert_that_is(AlertState kind) {
  ActiveAlert alert;
  alert.labels = Labels({{"alertname", "A"}, {"kind", std::string(to_string(kind)) + " \"ü\n"}});
  alert.annotations = Labels::with_empty_values({{"text", "a 'quoted' text"}, {"none", ""}});
  alert.state = kind;
  alert.value = kind == AlertState::Firing ? NAN : 1.1;
  alert.active_at = test::kStart + Duration(1);
  alert.fired_at = kind == AlertState::Pending ? kNever : test::kStart + Duration(2);
  alert.resolved_at = kind == AlertState::Inactive ? test::kStart + Duration(3) : kNever;
  alert.keep_firing_since = kind == AlertState::Firing ? test::kStart + Duration(4) : kNever;
  if (kind == AlertState::Firing) alert.external_labels = Labels({{"cluster", "prod"}});
  alert.missing_since = kind == AlertState::Pending ? test::kStart + Duration(5) : kNever;
  return alert;
}

TEST_P(RuleStateStoreTest, GivesBackWhatItWasGiven) {
  RuleState state;
  for (const AlertState kind : {AlertState::Pending, AlertState::Firing, AlertState::Inactive}) {
    const ActiveAlert alert = alert_that_is(kind);
    state.alerts.emplace(alert.labels, alert);
  }
  save("file;g;A{}", state);
  const auto states = load();
  ASSERT_EQ(states.size(), 1U);
  const StoredAs& as = states.at("file;g;A{}").as;
  EXPECT_EQ(as.key + "|" + as.identity + "|" + as.expr, "file;g;A{}|identity of file;g;A{}|up == 0");
  EXPECT_EQ(as.ordinal, 1);
  const RuleState& restored = states.at("file;g;A{}").state;
  EXPECT_TRUE(restored.described);
  EXPECT_TRUE(restored.restored);
  ASSERT_EQ(restored.alerts.size(), 3U);
  for (const auto& [labels, saved] : state.alerts) {
    ActiveAlert alert = restored.alerts.at(labels);
    if (std::isnan(saved.value)) {
      EXPECT_TRUE(std::isnan(alert.value));
      alert.value = saved.value;
      EXPECT_EQ(alert.external_labels, saved.external_labels);
      EXPECT_EQ(alert.keep_firing_since, saved.keep_firing_since);
      continue;
    }
    EXPECT_EQ(alert, saved) << labels.to_string();
  }
}

TEST_P(RuleStateStoreTest, WritesWhatIsDirtyAndDeletesWhatIsForgotten) {
  const auto rule = make_rule("for: 5m");
  auto first = evaluate(rule, {}, test::vector_of("a b"), test::context_at(0));
  save("k", first.next);
  save("other", first.next = evaluate(rule, {}, test::vector_of("z"), test::context_at(0)).next);
  auto state = load().at("k").state;
  auto second = evaluate(rule, state, test::vector_of("b"), test::context_at(1));
  save("k", second.next);
  auto states = load();
  EXPECT_EQ(test::states_of(states.at("k").state), "b:pending");
  // Not dirty: what someone else wrote stays.
  ASSERT_TRUE(database_->execute("UPDATE alertd_rule_alerts SET value = '77' WHERE rule_key = 'k'"));
  save("k", second.next);
  EXPECT_EQ(load().at("k").state.alerts.begin()->second.value, 77);
  ASSERT_TRUE(RuleStateStore::remove(*database_, "k"));
  states = load();
  EXPECT_FALSE(states.contains("k"));
  EXPECT_TRUE(states.contains("other"));
}

TEST_P(RuleStateStoreTest, ARestartKeepsPendingTimersAndKeepFiringFor) {
  const auto rule = make_rule("for: 5m, keep_firing_for: 4m");
  auto state = play(rule, {{0, "a", "a:pending", "pending:a"}});
  for (auto& [labels, alert] : state.alerts) alert.dirty = true;
  save("k", state);
  state =
      play(rule, {{5, "a", "a:firing", "firing:a", "a"}, {6, "", "a:firing", "", "a"}}, load().at("k").state);
  for (auto& [labels, alert] : state.alerts) alert.dirty = true;
  save("k", state);
  // After the restart the alert is sent again, and keep_firing_for goes on counting from minute 6.
  play(rule,
       {{7, "", "a:firing", "", "a"},
        {9.5, "", "a:firing", "", "a"},
        {10, "", "a:inactive", "resolved:a", "a"}},
       load().at("k").state);
}

TEST_P(RuleStateStoreTest, ADatabaseOfTheFirstVersionGoesOnWithoutResolvingOrFiringAgain) {
  database_ = open_empty();
  migrate(RuleStateStore::migrations().first(1));
  // What the first version wrote, by its own statement.
  constexpr std::string_view kFirstInsert = R"(
    INSERT INTO alertd_rule_alerts (rule_key, fingerprint, labels, annotations, state, value, active_at, fired_at,
                                    resolved_at, keep_firing_since)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))";
  const std::int64_t start = test::kStart.time_since_epoch().count();
  for (const auto& [key, state] :
       {std::pair("rules/a.yml;g;A{}", "firing"), {"rules/a.yml;g;A{}#1", "pending"}}) {
    const Labels labels({{"alertname", "A"}, {"i", "a"}});
    const std::int64_t fired = std::string_view(state) == "firing" ? start : 0;
    ASSERT_TRUE(database_->execute(
        kFirstInsert, {std::string(key), labels.fingerprint().to_string(),
                       std::string(R"({"alertname":"A","i":"a"})"), std::string("{}"), std::string(state),
                       std::string("1"), start, fired, std::int64_t{0}, std::int64_t{0}}));
  }
  migrate(RuleStateStore::migrations());
  StoredRules stored = load();
  // The first version sent no external labels: to give them to what fires would resolve it and fire it again.
  EXPECT_EQ(stored.at("rules/a.yml;g;A{}").state.alerts.begin()->second.sent_labels(),
            Labels({{"alertname", "A"}, {"i", "a"}}));
  // Meanwhile the file was renamed and the first expression changed.
  const RealFiles files;
  const auto loaded =
      parse_rules("groups: [{name: g, rules: [{alert: A, expr: x, for: 2m}, {alert: A, expr: y, for: 2m}]}]",
                  "b.yml", {}, files);
  const auto rules = take_over(loaded->groups, stored);
  EXPECT_TRUE(stored.empty());
  const RuleState first =
      play(loaded->groups[0]->rules[0], {{1, "a", "a:firing", "", "a"}}, rules.at(0).state);
  play(loaded->groups[0]->rules[1], {{1, "a", "a:pending"}, {2, "a", "a:firing", "firing:a", "a"}},
       rules.at(1).state);
  // The key stays, and from now on the database knows whose it is.
  ASSERT_TRUE(rules.at(0).state.needs_saving());
  ASSERT_TRUE(RuleStateStore::save(*database_, rules.at(0).as, rules.at(0).state));
  const StoredRules again = load();
  EXPECT_EQ(again.at("rules/a.yml;g;A{}").as.identity, "g;A{}");
  EXPECT_EQ(again.at("rules/a.yml;g;A{}").as.expr, "x");
  EXPECT_EQ(again.at("rules/a.yml;g;A{}#1").as.identity, "");
  EXPECT_EQ(again.size(), 2U);
}

TEST_P(RuleStateStoreTest, TheLastAlertTakesItsRuleAlong) {
  const auto rule = make_rule("for: 5m");
  auto first = evaluate(rule, {}, test::vector_of("a"), test::context_at(0));
  save("k", first.next);
  auto second = evaluate(rule, first.next, {}, test::context_at(1));
  save("k", second.next);
  EXPECT_TRUE(load().empty());
  EXPECT_FALSE(second.next.needs_saving());
  save("k", first.next = evaluate(rule, second.next, test::vector_of("a"), test::context_at(2)).next);
  EXPECT_EQ(load().at("k").as.expr, "up == 0");
  ASSERT_TRUE(RuleStateStore::remove(*database_, "k"));
  EXPECT_TRUE(load().empty());
}

TEST_P(RuleStateStoreTest, RowsThatCannotBeReadAreCorrupt) {
  auto first = evaluate(make_rule("for: 5m"), {}, test::vector_of("a"), test::context_at(0));
  save("k", first.next);
  ASSERT_TRUE(database_->execute("UPDATE alertd_rule_alerts SET labels = '[1]'"));
  const auto states = RuleStateStore::load(*database_);
  ASSERT_FALSE(states);
  EXPECT_EQ(states.error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(states.error().message, "alert state of rule k: labels are not a JSON object");
}

INSTANTIATE_TEST_SUITE_P(Engines, RuleStateStoreTest,
                         testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres),
                         [](const auto& instance) {
                           return instance.param == sql::Engine::Sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace picket::alertd
