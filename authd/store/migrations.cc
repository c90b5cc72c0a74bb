#include "authd/store/migrations.h"

#include <array>

namespace picket::authd {
namespace {

// user_keys holds user names and mail addresses side by side: nobody takes another's address for a name.
constexpr std::string_view kAccounts = R"sql(
CREATE TABLE users (
  id TEXT PRIMARY KEY, username TEXT NOT NULL, username_key TEXT NOT NULL UNIQUE, email TEXT NOT NULL,
  email_key TEXT NOT NULL, email_verified BIGINT NOT NULL, role TEXT NOT NULL, status TEXT NOT NULL,
  phone TEXT NOT NULL, phone_sealed_by TEXT NOT NULL, phone_verified BIGINT NOT NULL, password_hash TEXT NOT NULL,
  password_changed_at BIGINT NOT NULL, must_change_password BIGINT NOT NULL, epoch BIGINT NOT NULL,
  version BIGINT NOT NULL, created_at BIGINT NOT NULL, last_login_at BIGINT NOT NULL);
CREATE INDEX users_role ON users (role, status);
CREATE INDEX users_phone_sealed_by ON users (phone_sealed_by);
CREATE TABLE user_keys (name_key TEXT PRIMARY KEY, user_id TEXT NOT NULL);
CREATE INDEX user_keys_user ON user_keys (user_id);
CREATE TABLE ended_grants (
  seq @serial_key@, user_id TEXT NOT NULL, epoch BIGINT NOT NULL, grant_id TEXT NOT NULL, ended_at BIGINT NOT NULL);
CREATE INDEX ended_grants_at ON ended_grants (ended_at)
)sql";

constexpr std::string_view kFactors = R"sql(
CREATE TABLE second_factors (
  user_id TEXT PRIMARY KEY, totp_secret TEXT NOT NULL, totp_secret_sealed_by TEXT NOT NULL, totp_algorithm TEXT NOT NULL,
  totp_digits BIGINT NOT NULL, totp_confirmed_at BIGINT NOT NULL, totp_last_step BIGINT NOT NULL,
  email_otp BIGINT NOT NULL, sms_otp BIGINT NOT NULL);
CREATE TABLE backup_codes (
  user_id TEXT NOT NULL, slot BIGINT NOT NULL, hash TEXT NOT NULL, used_at BIGINT NOT NULL, PRIMARY KEY (user_id, slot));
CREATE TABLE devices (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, ip TEXT NOT NULL,
  created_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT NOT NULL);
CREATE INDEX devices_user ON devices (user_id)
)sql";

constexpr std::string_view kSessions = R"sql(
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL, user_epoch BIGINT NOT NULL, created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL, idle_expires_at BIGINT NOT NULL, absolute_expires_at BIGINT NOT NULL, amr TEXT NOT NULL,
  device_id TEXT NOT NULL, ip TEXT NOT NULL, user_agent TEXT NOT NULL, family_id TEXT NOT NULL UNIQUE,
  family_key TEXT NOT NULL, family_key_sealed_by TEXT NOT NULL, refresh_active BIGINT NOT NULL, rotated_at BIGINT NOT NULL,
  rotated_by TEXT NOT NULL, late_replayed BIGINT NOT NULL, late_replays BIGINT NOT NULL, refresh_version BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL, revoke_reason TEXT NOT NULL);
CREATE INDEX sessions_user ON sessions (user_id, revoked_at);
CREATE INDEX sessions_end ON sessions (absolute_expires_at);
CREATE TABLE challenges (
  id_hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, user_id TEXT NOT NULL, methods TEXT NOT NULL, channel TEXT NOT NULL,
  code_hash TEXT NOT NULL, tries BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL, client_prefix TEXT NOT NULL);
CREATE INDEX challenges_user ON challenges (user_id);
CREATE INDEX challenges_end ON challenges (expires_at)
)sql";

// One next and one active signing key, whoever adds them.
constexpr std::string_view kCredentials = R"sql(
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL, public_id TEXT NOT NULL UNIQUE, mac TEXT NOT NULL, name TEXT NOT NULL,
  scopes TEXT NOT NULL, tier TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL);
CREATE INDEX api_keys_user ON api_keys (user_id);
CREATE TABLE api_usage (
  key_id TEXT NOT NULL, minute BIGINT NOT NULL, uses BIGINT NOT NULL, PRIMARY KEY (key_id, minute));
CREATE TABLE links (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT NOT NULL);
CREATE INDEX links_user ON links (user_id, kind);
CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY, algorithm TEXT NOT NULL, private_key TEXT NOT NULL, private_key_sealed_by TEXT NOT NULL,
  public_jwk TEXT NOT NULL, state TEXT NOT NULL, created_at BIGINT NOT NULL, activated_at BIGINT NOT NULL,
  retired_at BIGINT NOT NULL);
CREATE UNIQUE INDEX signing_keys_one ON signing_keys (state) WHERE state <> 'retired'
)sql";

constexpr std::string_view kGuards = R"sql(
CREATE TABLE failures (
  failure_key TEXT PRIMARY KEY, failures BIGINT NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
  locked_until BIGINT NOT NULL, level BIGINT NOT NULL);
CREATE INDEX failures_last ON failures (last_at);
CREATE INDEX failures_locked ON failures (locked_until);
CREATE TABLE blocks (
  prefix TEXT PRIMARY KEY, reason TEXT NOT NULL, created_by TEXT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL)
)sql";

constexpr std::string_view kAudit = R"sql(
CREATE TABLE audit_events (
  seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, user_id TEXT NOT NULL, ip TEXT NOT NULL, user_agent TEXT NOT NULL,
  action TEXT NOT NULL, resource TEXT NOT NULL, result TEXT NOT NULL, details TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_user ON audit_events (user_id, seq);
CREATE INDEX audit_events_action ON audit_events (action, seq);
CREATE TABLE audit_marks (kind TEXT PRIMARY KEY, seq BIGINT NOT NULL, hash TEXT NOT NULL, mac TEXT NOT NULL)
)sql";

constexpr std::string_view kUserLimits = R"sql(
CREATE TABLE user_limits (
  user_id TEXT NOT NULL, tier TEXT NOT NULL, requests_max BIGINT NOT NULL, set_by TEXT NOT NULL,
  set_at BIGINT NOT NULL, PRIMARY KEY (user_id, tier))
)sql";

constexpr std::string_view kKeyMarks = R"sql(
CREATE TABLE key_marks (key_name TEXT PRIMARY KEY, mac TEXT NOT NULL)
)sql";

constexpr std::string_view kGuardRevisions = R"sql(
CREATE TABLE guard_revisions (guard TEXT PRIMARY KEY, revision BIGINT NOT NULL);
INSERT INTO guard_revisions (guard, revision) VALUES ('blocks', 1), ('user_limits', 1)
)sql";

// What people had blocked stopped everybody, and goes on doing so.
constexpr std::string_view kBlockSessions = R"sql(
ALTER TABLE blocks ADD COLUMN sessions BIGINT NOT NULL DEFAULT 0;
UPDATE blocks SET sessions = 1 WHERE created_by NOT IN ('limits', 'webhook');
UPDATE guard_revisions SET revision = revision + 1 WHERE guard = 'blocks'
)sql";

constexpr std::string_view kWriteMarks = R"sql(
CREATE TABLE write_marks (id BIGINT PRIMARY KEY, written_at BIGINT NOT NULL)
)sql";

constexpr std::string_view kForgottenTries = R"sql(
CREATE TABLE forgotten_tries (seq @serial_key@, subject TEXT NOT NULL, forgotten_at BIGINT NOT NULL)
)sql";

// 0 of codes from before: they count from their challenge on.
constexpr std::string_view kCodeTimes = R"sql(
ALTER TABLE challenges ADD COLUMN code_at BIGINT NOT NULL DEFAULT 0
)sql";

constexpr std::array kMigrations{
    sql::Migration{1, "create_accounts", kAccounts},
    sql::Migration{2, "create_factors", kFactors},
    sql::Migration{3, "create_sessions", kSessions},
    sql::Migration{4, "create_credentials", kCredentials},
    sql::Migration{5, "create_guards", kGuards},
    sql::Migration{6, "create_audit", kAudit},
    sql::Migration{7, "create_user_limits", kUserLimits},
    sql::Migration{8, "create_key_marks", kKeyMarks},
    sql::Migration{9, "create_guard_revisions", kGuardRevisions},
    sql::Migration{10, "add_sessions_to_blocks", kBlockSessions},
    sql::Migration{11, "create_write_marks", kWriteMarks},
    sql::Migration{12, "create_forgotten_tries", kForgottenTries},
    sql::Migration{13, "add_code_at_to_challenges", kCodeTimes},
};

}  // namespace

std::span<const sql::Migration> store_migrations() {
  return kMigrations;
}

}  // namespace picket::authd
