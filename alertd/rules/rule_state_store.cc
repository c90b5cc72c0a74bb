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
      ALTER TABLE alertd_rule_alerts ADD COLUMN missing_since BIGINT NOT NULL DEFAULT 0)"}};

constexpr std::string_view kUpsert = R"(
  INSERT INTO alertd_rule_alerts (rule_key, fingerprint, labels, annotations, state, value, active_at, fired_at,
                                  resolved_at, keep_firing_since, missing_since)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (rule_key, fingerprint) DO UPDATE SET
    labels = excluded.labels, annotations = excluded.annotations, state = excluded.state, value = excluded.value,
    active_at = excluded.active_at, fired_at = excluded.fired_at, resolved_at = excluded.resolved_at,
    keep_firing_since = excluded.keep_firing_since, missing_since = excluded.missing_since)";

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
  auto annotations = labels_from_json(row.text(2));
  if (!annotations) return fail(annotations);
  const auto state = state_from_text(row.text(3));
  if (!state) return fail(state);
  ActiveAlert alert;
  alert.labels = std::move(*labels);
  alert.annotations = std::move(*annotations);
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
      kUpsert,
      {rule_key, alert.labels.fingerprint().to_string(), labels_to_json(alert.labels),
       labels_to_json(alert.annotations), std::string(to_string(alert.state)), format_double(alert.value),
       to_column(alert.active_at), to_column(alert.fired_at), to_column(alert.resolved_at),
       to_column(alert.keep_firing_since), to_column(alert.missing_since)});
  if (!written) return fail(written);
  return {};
}

}  // namespace

std::span<const sql::Migration> RuleStateStore::migrations() {
  return kMigrations;
}

Result<std::map<std::string, RuleState>> RuleStateStore::load(sql::Session& session) {
  const auto rows = session.query(R"(
    SELECT rule_key, labels, annotations, state, value, active_at, fired_at, resolved_at, keep_firing_since,
           missing_since
    FROM alertd_rule_alerts)");
  if (!rows) return fail(rows, "reading rule states");
  std::map<std::string, RuleState> states;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    auto alert = alert_of(row);
    if (!alert) return fail(alert, fmt::format("alert state of rule {}", row.text(0)));
    RuleState& state = states[row.text(0)];
    state.restored = true;
    const Labels labels = alert->labels;
    state.alerts.insert_or_assign(labels, std::move(*alert));
  }
  return states;
}

Result<void> RuleStateStore::save(sql::Session& session, const std::string& rule_key,
                                  const RuleState& state) {
  for (const Labels& labels : state.forgotten) {
    const auto removed =
        session.execute("DELETE FROM alertd_rule_alerts WHERE rule_key = $1 AND fingerprint = $2",
                        {rule_key, labels.fingerprint().to_string()});
    if (!removed) return fail(removed, "forgetting an alert");
  }
  for (const auto& [labels, alert] : state.alerts) {
    if (!alert.dirty) continue;
    if (auto written = write(session, rule_key, alert); !written) return fail(written, "writing an alert");
  }
  return {};
}

Result<void> RuleStateStore::remove(sql::Session& session, const std::string& rule_key) {
  const auto removed = session.execute("DELETE FROM alertd_rule_alerts WHERE rule_key = $1", {rule_key});
  if (!removed) return fail(removed, "forgetting a rule");
  return {};
}

void mark_saved(RuleState& state) {
  state.forgotten.clear();
  for (auto& [labels, alert] : state.alerts) alert.dirty = false;
}

}  // namespace picket::alertd
