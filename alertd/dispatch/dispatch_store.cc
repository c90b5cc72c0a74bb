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

Result<void> load_groups(sql::Session& session, DispatchState& state) {
  const Result<sql::Rows> groups = session.query("SELECT group_key, next_flush_at FROM alert_groups");
  if (!groups) return fail(groups);
  for (std::size_t i = 0; i < groups->size(); ++i) {
    state.groups[(*groups)[i].text(0)].next_flush = from_unix_millis((*groups)[i].integer(1));
  }
  const Result<sql::Rows> told = session.query("SELECT group_key, integration, firing, told_at FROM told");
  if (!told) return fail(told);
  for (std::size_t i = 0; i < told->size(); ++i) {
    const sql::Row row = (*told)[i];
    const auto group = state.groups.find(row.text(0));
    if (group == state.groups.end()) continue;
    group->second.told[row.text(1)] = {.firing = split_fingerprints(row.text(2)),
                                       .at = from_unix_millis(row.integer(3))};
  }
  return {};
}

}  // namespace

std::span<const sql::Migration> DispatchStore::migrations() {
  return kMigrations;
}

Result<DispatchState> DispatchStore::load(sql::Session& session) {
  DispatchState state;
  const Result<void> alerts = load_alerts(session, state);
  if (!alerts) return fail(alerts);
  const Result<void> groups = load_groups(session, state);
  if (!groups) return fail(groups);
  return state;
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
  if (Result<void> told = done(session.execute("DELETE FROM told WHERE group_key = $1", {key})); !told)
    return told;
  return done(session.execute("DELETE FROM alert_groups WHERE group_key = $1", {key}));
}

Result<void> DispatchStore::put_told(sql::Session& session, const std::string& key,
                                     const std::string& integration, const Told& told) {
  return done(
      session.execute("INSERT INTO told (group_key, integration, firing, told_at) VALUES ($1, $2, $3, $4) "
                      "ON CONFLICT (group_key, integration) DO UPDATE SET firing = excluded.firing, told_at "
                      "= excluded.told_at",
                      {key, integration, join_fingerprints(told.firing), unix_millis(told.at)}));
}

}  // namespace picket::alertd
