#include "authd/forward_auth/identity_tokens.h"

#include <algorithm>

#include "authd/names/username.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kUsualKey = 320;

/// An API key may have no end: a time of zero.
bool ends(const Identity& identity) {
  return identity.expires_at != WallTime{};
}

/// All that a token says, but for its times: another role or scope, or another key, is another token at once.
std::string cache_key(const Identity& identity, const IdentityTokenParties& parties, const SigningKey& key) {
  std::string text;
  text.reserve(kUsualKey);
  const auto add = [&text](std::string_view part) { text.append(part).push_back('\n'); };
  for (const std::string_view part :
       {std::string_view(identity.user_id), std::string_view(identity.username),
        std::string_view(identity.session_id), std::string_view(identity.key_id), to_string(identity.role),
        to_string(identity.via), parties.issuer, parties.audience, std::string_view(key.kid())})
    add(part);
  for (const std::string& scope : identity.scopes) add(scope);
  add("");
  for (const std::string& method : identity.methods) add(method);
  return text;
}

}  // namespace

const std::string& name_for_apps(const Identity& who) {
  return is_plain_username(who.username) ? who.username : who.user_id;
}

IdentityTokens::IdentityTokens(IdentityTokenConfig config, Random& random)
    : config_(config), random_(random) {
  check(config_.cached_max > 0, "a cache of no tokens");
}

IdentityTokens::Entry IdentityTokens::make(const Identity& identity, const IdentityTokenParties& parties,
                                           const SigningKey& key, WallTime now) {
  Entry entry;
  entry.expires_at = now + config_.lifetime;
  if (ends(identity)) entry.expires_at = std::min(entry.expires_at, identity.expires_at);
  entry.renew_at = now + (entry.expires_at - now) / 2;
  AccessClaims claims;
  claims.issuer = parties.issuer;
  claims.subject = identity.user_id;
  claims.audience = {std::string(parties.audience)};
  claims.client_id = to_string(identity.via);
  claims.id = random_.hex(kIdBytes);
  claims.issued_at = claims.not_before = now;
  claims.expires_at = entry.expires_at;
  claims.session_id = identity.session_id;
  claims.username = name_for_apps(identity);
  claims.role = to_string(identity.role);
  claims.scope = join(identity.scopes, " ");
  claims.methods = identity.methods;
  entry.token = issue(key, claims, kIdentityTokenType);
  return entry;
}

std::string IdentityTokens::token_for(const Identity& identity, const IdentityTokenParties& parties,
                                      const SigningKey& key, WallTime now) {
  if (ends(identity) && identity.expires_at <= now) return "";
  const std::string cached = cache_key(identity, parties, key);
  {
    const MutexLock lock(mutex_);
    const auto found = entries_.find(cached);
    if (found != entries_.end() && now < found->second.renew_at) return found->second.token;
  }
  Entry entry = make(identity, parties, key, now);
  std::string token = entry.token;
  const MutexLock lock(mutex_);
  // Entries live half a minute: when the cache is full, most of them are worn, and a sweep makes room. When
  // not, all go: that costs a signature each, once.
  if (entries_.size() >= config_.cached_max) {
    std::erase_if(entries_, [now](const auto& old) { return now >= old.second.renew_at; });
    if (entries_.size() >= config_.cached_max) entries_.clear();
  }
  entries_.insert_or_assign(cached, std::move(entry));
  return token;
}

std::size_t IdentityTokens::cached() const {
  const MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace picket::authd
