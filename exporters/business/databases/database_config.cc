#include "exporters/business/databases/database_config.h"

#include <algorithm>

namespace picket::business {
namespace {

constexpr std::size_t kMaxNameLength = 128;
constexpr std::size_t kMaxSessions = 20;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

void read_between(MapReader& r, std::string_view key, Duration& out, Duration least, Duration most) {
  if (!r.read(key, out) || (out >= least && out <= most)) return;
  r.problem(key, fmt::format("must be between {} and {}", format_duration(least), format_duration(most)));
}

/// A relative path of a SQLite file is beside the configuration.
void read_dsn(MapReader& r, Secret& text) {
  const Result<sql::Dsn> dsn = sql::Dsn::parse(text.reveal());
  if (!dsn) return r.problem(r.has("dsn") ? "dsn" : "dsn_file", dsn.error().message);
  if (dsn->engine != sql::Engine::Sqlite) return;
  text = Secret("sqlite:" + resolve_beside(r.context().problems.file(), dsn->sqlite_path));
}

}  // namespace

void check_name(const ValueReader& value, std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength || !std::ranges::all_of(name, is_name_character)) {
    value.problem("must be 1 to 128 letters, digits, '_', '-' or '.'");
  }
}

sql::Dsn DatabaseConfig::source() const {
  sql::Dsn parsed = sql::Dsn::parse(dsn.reveal()).value_or(sql::Dsn{});
  parsed.connect_timeout = connect_timeout;
  return parsed;
}

void read_yaml(MapReader& r, DatabaseConfig& database) {
  if (r.require("name", database.name)) check_name(*r.at("name"), database.name);
  if (r.require_secret("dsn", database.dsn)) read_dsn(r, database.dsn);
  if (r.read("max_sessions", database.max_sessions) &&
      (database.max_sessions < 1 || database.max_sessions > kMaxSessions)) {
    r.problem("max_sessions", fmt::format("must be between 1 and {}", kMaxSessions));
  }
  read_between(r, "connect_timeout", database.connect_timeout, std::chrono::seconds(1),
               std::chrono::minutes(1));
  read_between(r, "lock_timeout", database.lock_timeout, std::chrono::milliseconds(1),
               std::chrono::minutes(1));
}

}  // namespace picket::business
