#include "alertd/dispatch/dispatch_store.h"

#include <array>
#include <charconv>

#include "alertd/series/labels_json.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::alertd {
namespace {

constexpr std::array kMigrations = {sql::Migration{1, "create_dispatch", R"sql(
CREATE TABLE alerts (
  fingerprint TEXT PRIMARY KEY, labels TEXT NOT NULL, annotations TEXT NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, generator_url TEXT NOT NULL);
CREATE TABLE alert_groups (group_key TEXT PRIMARY KEY, next_flush_at BIGINT NOT NULL);
CREATE TABLE told (
  group_key TEXT NOT NULL, integration TEXT NOT NULL, firing TEXT NOT NULL, told_at BIGINT NOT NULL,
  PRIMARY KEY (group_key, integration))
)sql"},
                                    sql::Migration{2, "last_notification_of_each_target", R"sql(
CREATE TABLE last_notifications (
  group_key TEXT NOT NULL, integration TEXT NOT NULL, target TEXT NOT NULL, firing TEXT NOT NULL, told_at BIGINT NOT NULL,
  waiting TEXT NOT NULL, waiting_firing TEXT NOT NULL, waiting_resolved TEXT NOT NULL, waiting_since BIGINT NOT NULL,
  PRIMARY KEY (group_key, integration, target));
CREATE INDEX last_notifications_waiting ON last_notifications (waiting);
INSERT INTO last_notifications (group_key, integration, target, firing, told_at, waiting, waiting_firing, waiting_resolved, waiting_since)
  SELECT group_key, integration, '', firing, told_at, '', '', '', 0 FROM told;
DROP TABLE told;
CREATE TABLE integrations (
  id TEXT PRIMARY KEY, position BIGINT NOT NULL, receiver TEXT NOT NULL, name TEXT NOT NULL, content_key TEXT NOT NULL)
)sql"}};

std::string join_fingerprints(const std::set<Fingerprint>& fingerprints) {
  std::vector<std::string> texts;
  texts.reserve(fingerprints.size());
  for (const Fingerprint& fingerprint : fingerprints) texts.push_back(fingerprint.to_string());
  return join(texts, ",");
}

std::set<Fingerprint> split_fingerprints(const std::string& text) {
  constexpr int kHexadecimal = 16;
  std::set<Fingerprint> fingerprints;
  for (const std::string_view part : split(text, ',')) {
    Fingerprint fingerprint;
    const auto [end, error] = std::from_chars(part.begin(), part.end(), fingerprint.value, kHexadecimal);
    if (error == std::errc() && end == part.end()) fingerprints.insert(fingerprint);
  }
  return fingerprints;
}

Result<void> done(const Result<std::int64_t>& changed) {
  if (!changed) return fail(changed);
  return {};
}

Result<void> load_alerts(sql::Session& session, DispatchState& state) {
  const Result<sql::Rows> rows = session.query(
      "SELECT labels, annotations, starts_at, ends_at, updated_at, generator_url FROM alerts ORDER BY "
      "fingerprint");
  if (!rows) return fail(rows);
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    const Result<Labels> labels = labels_from_json(row.text(0));
    if (!labels) return fail(labels, "reading the alerts");
    const Result<Labels> annotations = annotations_from_json(row.text(1));
    if (!annotations) return fail(annotations, "reading the alerts");
    state.alerts.push_back({.labels = *labels,
                            .annotations = *annotations,
                            .starts_at = from_unix_millis(row.integer(2)),
                            .ends_at = from_unix_millis(row.integer(3)),
                            .updated_at = from_unix_millis(row.integer(4)),
                            .generator_url = row.text(5)});
  }
  return {};
}

constexpr std::string_view kTargetColumns =
    "group_key, integration, target, firing, told_at, waiting, waiting_firing, waiting_resolved, "
    "waiting_since";

TargetState read_target(const sql::Row& row) {
  TargetState state;
  if (row.integer(4) != 0) {
    state.last =
        LastNotification{.firing = split_fingerprints(row.text(3)), .at = from_unix_millis(row.integer(4))};
  }
  if (row.text(5).empty()) return state;
  state.waiting = WaitingNotification{.delivery = row.text(5),
                                      .firing = split_fingerprints(row.text(6)),
                                      .resolved = split_fingerprints(row.text(7)),
                                      .at = from_unix_millis(row.integer(8))};
  return state;
}

using Groups = std::map<std::string, StoredGroup>;

/// `where` and `params` choose groups: both tables have `group_key`.
Result<Groups> read_groups(sql::Session& session, std::string_view where, const sql::Params& params) {
  Groups groups;
  const Result<sql::Rows> rows =
      session.query(fmt::format("SELECT group_key, next_flush_at FROM alert_groups {}", where), params);
  if (!rows) return fail(rows);
  for (std::size_t i = 0; i < rows->size(); ++i)
    groups[(*rows)[i].text(0)].next_flush = from_unix_millis((*rows)[i].integer(1));
  const Result<sql::Rows> targets =
      session.query(fmt::format("SELECT {} FROM last_notifications {}", kTargetColumns, where), params);
  if (!targets) return fail(targets);
  for (std::size_t i = 0; i < targets->size(); ++i) {
    const sql::Row row = (*targets)[i];
    groups[row.text(0)].targets[row.text(1)][row.text(2)] = read_target(row);
  }
  return groups;
}

}  // namespace

std::span<const sql::Migration> DispatchStore::migrations() {
  return kMigrations;
}

Result<DispatchState> DispatchStore::load(sql::Session& session) {
  DispatchState state;
  const Result<void> alerts = load_alerts(session, state);
  if (!alerts) return fail(alerts);
  Result<Groups> groups = read_groups(session, "", {});
  if (!groups) return fail(groups);
  state.groups = std::move(*groups);
  return state;
}

Result<StoredGroup> DispatchStore::load_group(sql::Session& session, const std::string& key) {
  Result<Groups> groups = read_groups(session, "WHERE group_key = $1", {key});
  if (!groups) return fail(groups);
  return groups->empty() ? StoredGroup{} : std::move(groups->begin()->second);
}

Result<void> DispatchStore::put_alert(sql::Session& session, const Alert& alert) {
  return done(session.execute(
      "INSERT INTO alerts (fingerprint, labels, annotations, starts_at, ends_at, updated_at, generator_url) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (fingerprint) DO UPDATE SET annotations = "
      "excluded.annotations, "
      "starts_at = excluded.starts_at, ends_at = excluded.ends_at, updated_at = excluded.updated_at, "
      "generator_url = excluded.generator_url",
      {alert.fingerprint().to_string(), labels_to_json(alert.labels), labels_to_json(alert.annotations),
       unix_millis(alert.starts_at), unix_millis(alert.ends_at), unix_millis(alert.updated_at),
       alert.generator_url}));
}

Result<void> DispatchStore::remove_ended(sql::Session& session, const Alert& alert) {
  return done(session.execute("DELETE FROM alerts WHERE fingerprint = $1 AND ends_at = $2 AND ends_at <> 0",
                              {alert.fingerprint().to_string(), unix_millis(alert.ends_at)}));
}

Result<void> DispatchStore::put_group(sql::Session& session, const std::string& key, Timestamp next_flush) {
  return done(
      session.execute("INSERT INTO alert_groups (group_key, next_flush_at) VALUES ($1, $2) "
                      "ON CONFLICT (group_key) DO UPDATE SET next_flush_at = excluded.next_flush_at",
                      {key, unix_millis(next_flush)}));
}

Result<void> DispatchStore::remove_group(sql::Session& session, const std::string& key) {
  const auto targets = session.execute("DELETE FROM last_notifications WHERE group_key = $1", {key});
  if (!targets) return fail(targets);
  return done(session.execute("DELETE FROM alert_groups WHERE group_key = $1", {key}));
}

Result<void> DispatchStore::put_target(sql::Session& session, const TargetKey& key, const TargetState& state,
                                       const std::string& waiting) {
  const LastNotification last = state.last.value_or(LastNotification{});
  const WaitingNotification next = state.waiting.value_or(WaitingNotification{});
  const auto changed = session.execute(
      "INSERT INTO last_notifications (group_key, integration, target, firing, told_at, waiting, "
      "waiting_firing, waiting_resolved, waiting_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
      "ON CONFLICT (group_key, integration, target) DO UPDATE SET firing = excluded.firing, told_at = "
      "excluded.told_at, waiting = excluded.waiting, waiting_firing = excluded.waiting_firing, "
      "waiting_resolved = excluded.waiting_resolved, waiting_since = excluded.waiting_since "
      "WHERE last_notifications.waiting = $10",
      {key.group_key, key.integration, key.target, join_fingerprints(last.firing),
       state.last ? unix_millis(last.at) : std::int64_t{0}, next.delivery, join_fingerprints(next.firing),
       join_fingerprints(next.resolved), state.waiting ? unix_millis(next.at) : std::int64_t{0}, waiting});
  if (!changed) return fail(changed);
  if (*changed == 0) return fail(ErrorKind::Conflict, "a delivery has ended meanwhile");
  return {};
}

Result<void> DispatchStore::remove_target(sql::Session& session, const TargetKey& key) {
  return done(session.execute(
      "DELETE FROM last_notifications WHERE group_key = $1 AND integration = $2 AND target = $3",
      {key.group_key, key.integration, key.target}));
}

Result<void> DispatchStore::end_waiting(sql::Session& session, const std::string& delivery, bool told) {
  const std::string_view known = told ? "firing = waiting_firing, told_at = waiting_since, " : "";
  return done(session.execute(
      fmt::format("UPDATE last_notifications SET {}waiting = '', waiting_firing = '', waiting_resolved = '', "
                  "waiting_since = 0 WHERE waiting = $1",
                  known),
      {delivery}));
}

Result<std::vector<KnownIntegration>> DispatchStore::integrations(sql::Session& session) {
  const auto rows =
      session.query("SELECT id, receiver, name, content_key FROM integrations ORDER BY position");
  if (!rows) return fail(rows);
  std::vector<KnownIntegration> known;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const sql::Row row = (*rows)[i];
    known.push_back(
        {.id = row.text(0), .receiver = row.text(1), .name = row.text(2), .content_key = row.text(3)});
  }
  return known;
}

Result<void> DispatchStore::put_integrations(sql::Session& session,
                                             const std::vector<KnownIntegration>& known) {
  if (const auto removed = session.execute("DELETE FROM integrations"); !removed) return fail(removed);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto put = session.execute(
        "INSERT INTO integrations (id, position, receiver, name, content_key) VALUES ($1, $2, $3, $4, $5)",
        {known[i].id, static_cast<std::int64_t>(i), known[i].receiver, known[i].name, known[i].content_key});
    if (!put) return fail(put);
  }
  return {};
}

Result<void> DispatchStore::shift(sql::Session& session, Duration difference) {
  const std::int64_t millis = std::chrono::duration_cast<std::chrono::milliseconds>(difference).count();
  const auto groups = session.execute("UPDATE alert_groups SET next_flush_at = next_flush_at + $1", {millis});
  if (!groups) return fail(groups);
  const auto told =
      session.execute("UPDATE last_notifications SET told_at = told_at + $1 WHERE told_at <> 0", {millis});
  if (!told) return fail(told);
  return done(session.execute(
      "UPDATE last_notifications SET waiting_since = waiting_since + $1 WHERE waiting <> ''", {millis}));
}

}  // namespace picket::alertd
