#include "alertd/rules/rule_state_store.h"

#include <array>

#include "alertd/series/labels_json.h"
#include "base/text/numbers.h"

namespace picket::alertd {

namespace {

/// Moments are nanoseconds since 1970, 0 for never. `value` is text because no database keeps NaN.
constexpr std::array kMigrations = {sql::Migration{1, "create_rule_alerts", R"(
      CREATE TABLE alertd_rule_alerts (
        rule_key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        labels TEXT NOT NULL,
        annotations TEXT NOT NULL,
        state TEXT NOT NULL,
        value TEXT NOT NULL,
        active_at BIGINT NOT NULL,
        fired_at BIGINT NOT NULL,
        resolved_at BIGINT NOT NULL,
        keep_firing_since BIGINT NOT NULL,
        PRIMARY KEY (rule_key, fingerprint)
      ))"},
                                    sql::Migration{2, "add_missing_since", R"(
      ALTER TABLE alertd_rule_alerts ADD COLUMN missing_since BIGINT NOT NULL DEFAULT 0)"},
                                    sql::Migration{3, "create_rules", R"(
      CREATE TABLE alertd_rules (
        rule_key TEXT PRIMARY KEY,
        identity TEXT NOT NULL,
        expr TEXT NOT NULL,
        ordinal BIGINT NOT NULL,
        evaluated_at BIGINT NOT NULL
      ))"},
                                    sql::Migration{4, "add_external_labels", R"(
      ALTER TABLE alertd_rule_alerts ADD COLUMN external_labels TEXT NOT NULL DEFAULT '{}')"}};

constexpr std::string_view kUpsertRule = R"(
  INSERT INTO alertd_rules (rule_key, identity, expr, ordinal, evaluated_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (rule_key) DO UPDATE SET
    identity = excluded.identity, expr = excluded.expr, ordinal = excluded.ordinal,
    evaluated_at = excluded.evaluated_at)";

constexpr std::string_view kUpsert = R"(
  INSERT INTO alertd_rule_alerts (rule_key, fingerprint, labels, annotations, state, value, active_at, fired_at,
                                  resolved_at, keep_firing_since, missing_since, external_labels)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (rule_key, fingerprint) DO UPDATE SET
    labels = excluded.labels, annotations = excluded.annotations, state = excluded.state, value = excluded.value,
    active_at = excluded.active_at, fired_at = excluded.fired_at, resolved_at = excluded.resolved_at,
    keep_firing_since = excluded.keep_firing_since, missing_since = excluded.missing_since,
    external_labels = excluded.external_labels)";

Result<AlertState> state_from_text(std::string_view text) {
  for (const AlertState state : {AlertState::Inactive, AlertState::Pending, AlertState::Firing}) {
    if (to_string(state) == text) return state;
  }
  return fail(ErrorKind::Corrupt, "unknown state");
}

std::int64_t to_column(Timestamp time) {
  return time.time_since_epoch().count();
}

Timestamp from_column(std::int64_t nanoseconds) {
  return Timestamp(Duration(nanoseconds));
}

Result<ActiveAlert> alert_of(const sql::Row& row) {
  auto labels = labels_from_json(row.text(1));
  if (!labels) return fail(labels);
  auto annotations = annotations_from_json(row.text(2));
  if (!annotations) return fail(annotations);
  auto external = labels_from_json(row.text(10));
  if (!external) return fail(external);
  const auto state = state_from_text(row.text(3));
  if (!state) return fail(state);
  ActiveAlert alert;
  alert.labels = std::move(*labels);
  alert.annotations = std::move(*annotations);
  alert.external_labels = std::move(*external);
  alert.state = *state;
  alert.value = parse_double(row.text(4)).value_or(0);
  alert.active_at = from_column(row.integer(5));
  alert.fired_at = from_column(row.integer(6));
  alert.resolved_at = from_column(row.integer(7));
  alert.keep_firing_since = from_column(row.integer(8));
  alert.missing_since = from_column(row.integer(9));
  alert.dirty = false;
  return alert;
}

Result<void> write(sql::Session& session, const std::string& rule_key, const ActiveAlert& alert) {
  const auto written = session.execute(
      kUpsert, {rule_key, alert.labels.fingerprint().to_string(), labels_to_json(alert.labels),
                labels_to_json(alert.annotations), std::string(to_string(alert.state)),
                format_double(alert.value), to_column(alert.active_at), to_column(alert.fired_at),
                to_column(alert.resolved_at), to_column(alert.keep_firing_since),
                to_column(alert.missing_since), labels_to_json(alert.external_labels)});
  if (!written) return fail(written);
  return {};
}

/// What the database knows of the rules themselves. Rules of earlier versions have alerts only.
Result<void> load_rules(sql::Session& session, StoredRules& rules) {
  const auto rows = session.query("SELECT rule_key, identity, expr, ordinal, evaluated_at FROM alertd_rules");
  if (!rows) return fail(rows, "reading rules");
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    StoredRule& rule = rules[row.text(0)];
    rule.as = {row.text(0), row.text(1), row.text(2), row.integer(3)};
    rule.state.described = true;
    rule.state.last_evaluation = from_column(row.integer(4));
  }
  return {};
}

Result<void> forget(sql::Session& session, const std::string& rule_key, const RuleState& state) {
  for (const Labels& labels : state.forgotten) {
    const auto removed =
        session.execute("DELETE FROM alertd_rule_alerts WHERE rule_key = $1 AND fingerprint = $2",
                        {rule_key, labels.fingerprint().to_string()});
    if (!removed) return fail(removed, "forgetting an alert");
  }
  if (!state.alerts.empty() || state.forgotten.empty()) return {};
  const auto removed = session.execute("DELETE FROM alertd_rules WHERE rule_key = $1", {rule_key});
  if (!removed) return fail(removed, "forgetting a rule");
  return {};
}

}  // namespace

std::span<const sql::Migration> RuleStateStore::migrations() {
  return kMigrations;
}

Result<StoredRules> RuleStateStore::load(sql::Session& session) {
  StoredRules rules;
  if (auto loaded = load_rules(session, rules); !loaded) return fail(loaded);
  const auto rows = session.query(R"(
    SELECT rule_key, labels, annotations, state, value, active_at, fired_at, resolved_at, keep_firing_since,
           missing_since, external_labels
    FROM alertd_rule_alerts)");
  if (!rows) return fail(rows, "reading rule states");
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    auto alert = alert_of(row);
    if (!alert) return fail(alert, fmt::format("alert state of rule {}", row.text(0)));
    StoredRule& rule = rules[row.text(0)];
    rule.as.key = row.text(0);
    rule.state.restored = true;
    const Labels labels = alert->labels;
    rule.state.alerts.insert_or_assign(labels, std::move(*alert));
  }
  return rules;
}

Result<void> RuleStateStore::save(sql::Session& session, const StoredAs& as, const RuleState& state) {
  if (!state.needs_saving()) return {};
  if (auto forgotten = forget(session, as.key, state); !forgotten) return forgotten;
  for (const auto& [labels, alert] : state.alerts) {
    if (!alert.dirty) continue;
    if (auto written = write(session, as.key, alert); !written) return fail(written, "writing an alert");
  }
  if (state.alerts.empty()) return {};
  const auto written = session.execute(
      kUpsertRule, {as.key, as.identity, as.expr, as.ordinal, to_column(state.last_evaluation)});
  if (!written) return fail(written, "writing a rule");
  return {};
}

Result<void> RuleStateStore::remove(sql::Session& session, const std::string& rule_key) {
  const auto removed = session.execute("DELETE FROM alertd_rule_alerts WHERE rule_key = $1", {rule_key});
  if (!removed) return fail(removed, "forgetting a rule");
  const auto rule = session.execute("DELETE FROM alertd_rules WHERE rule_key = $1", {rule_key});
  if (!rule) return fail(rule, "forgetting a rule");
  return {};
}

void mark_saved(RuleState& state) {
  state.described = !state.alerts.empty();
  state.forgotten.clear();
  for (auto& [labels, alert] : state.alerts) alert.dirty = false;
}

}  // namespace picket::alertd
