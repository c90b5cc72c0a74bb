#include "authd/sessions/identity_check.h"

namespace picket::authd {
namespace {

CheckResult result_of(const Result<Identity>& identity) {
  if (identity) return CheckResult::Believed;
  return identity.error().kind == ErrorKind::Denied ? CheckResult::Denied : CheckResult::Unavailable;
}

Failure stale() {
  return fail(ErrorKind::Unavailable, "what was revoked of late is not known");
}

}  // namespace

std::string_view to_string(CheckResult result) {
  switch (result) {
    case CheckResult::Believed:
      return "believed";
    case CheckResult::Denied:
      return "denied";
    case CheckResult::Unavailable:
      return "unavailable";
  }
  return "unavailable";
}

IdentityCheck::IdentityCheck(const IdentityParts& parts, const TokenConfig& tokens,
                             const SessionConfig& sessions)
    : ended_(parts.ended),
      tokens_(parts.ended, parts.keys, parts.clock, tokens),
      cookies_({parts.accounts, parts.sessions, parts.ended, parts.clock}, sessions.idle),
      api_keys_({parts.accounts, parts.api_keys, parts.ended, parts.clock, parts.api_key_mac}) {}

void IdentityCheck::count(Via via, const Result<Identity>& identity) {
  auto& counts = counts_.at(static_cast<std::size_t>(via));
  counts.at(static_cast<std::size_t>(result_of(identity))).fetch_add(1, std::memory_order_relaxed);
}

template <class Check>
Result<Identity> IdentityCheck::run(Via via, Check& check, std::string_view text) {
  Result<Identity> identity = stale();
  if (ended_.is_fresh()) identity = check.check(text);
  count(via, identity);
  return identity;
}

template <class Check>
std::optional<Result<Identity>> IdentityCheck::run_seen(Via via, Check& check, std::string_view text) {
  std::optional<Result<Identity>> identity = Result<Identity>(stale());
  if (ended_.is_fresh()) identity = check.check_seen(text);
  if (identity) count(via, *identity);
  return identity;
}

Result<Identity> IdentityCheck::by_access_token(std::string_view token) {
  return run(Via::AccessToken, tokens_, token);
}

Result<Identity> IdentityCheck::by_cookie(std::string_view cookie) {
  return run(Via::Cookie, cookies_, cookie);
}

Result<Identity> IdentityCheck::by_api_key(std::string_view key) {
  return run(Via::ApiKey, api_keys_, key);
}

std::optional<Result<Identity>> IdentityCheck::by_seen_token(std::string_view token) {
  return run_seen(Via::AccessToken, tokens_, token);
}

std::optional<Result<Identity>> IdentityCheck::by_seen_cookie(std::string_view cookie) {
  return run_seen(Via::Cookie, cookies_, cookie);
}

std::optional<Result<Identity>> IdentityCheck::by_seen_api_key(std::string_view key) {
  return run_seen(Via::ApiKey, api_keys_, key);
}

Result<void> IdentityCheck::flush_touches() {
  return cookies_.flush(CookieCheck::Flush::Due);
}

Result<void> IdentityCheck::flush_key_uses() {
  return api_keys_.flush();
}

Result<void> IdentityCheck::flush_all() {
  auto touches = cookies_.flush(CookieCheck::Flush::All);
  auto uses = api_keys_.flush();
  return touches ? uses : touches;
}

void IdentityCheck::reload(const TokenConfig& tokens, const SessionConfig& sessions) {
  tokens_.reload(tokens);
  cookies_.set_idle(sessions.idle);
}

std::uint64_t IdentityCheck::count(Via via, CheckResult result) const {
  return counts_.at(static_cast<std::size_t>(via)).at(static_cast<std::size_t>(result)).load();
}

}  // namespace picket::authd
