#include "authd/sessions/token_check.h"

#include "authd/sessions/refusal.h"
#include "authd/tokens/jws.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

std::shared_ptr<const AccessRules> rules_of(const TokenConfig& config) {
  AccessRules rules;
  rules.issuer = config.issuer;
  rules.audience = config.audience;
  rules.leeway = config.leeway;
  return std::make_shared<const AccessRules>(std::move(rules));
}

Result<Identity> identity_of(const AccessClaims& claims) {
  const auto role = parse_role(claims.role);
  if (!role) return denied();
  Identity identity;
  identity.user_id = claims.subject;
  identity.username = claims.username;
  identity.role = *role;
  identity.session_id = claims.session_id;
  identity.methods = claims.methods;
  for (const std::string_view scope : split(claims.scope, ' ')) {
    if (!scope.empty()) identity.scopes.emplace_back(scope);
  }
  identity.via = Via::AccessToken;
  identity.token_id = claims.id;
  identity.client_id = claims.client_id;
  identity.expires_at = claims.expires_at;
  identity.proved_at = claims.proved_at;
  return identity;
}

}  // namespace

TokenCheck::TokenCheck(const EndedGrants& ended, const PublishedKeys& keys, const Clock& clock,
                       const TokenConfig& config)
    : ended_(ended), keys_(keys), clock_(clock), cache_(config.cache_entries), rules_(rules_of(config)) {}

std::shared_ptr<const AccessRules> TokenCheck::rules() const {
  const MutexLock lock(mutex_);
  return rules_;
}

void TokenCheck::reload(const TokenConfig& config) {
  auto fresh = rules_of(config);
  {
    const MutexLock lock(mutex_);
    rules_.swap(fresh);
  }
  cache_.clear();
}

/// Null when it is not believed.
std::shared_ptr<const AccessClaims> TokenCheck::verified(std::string_view token, const TokenDigest& digest,
                                                         WallTime now) {
  auto claims = verify(token, *keys_.current(), *rules(), now);
  if (!claims) return nullptr;
  auto fresh = std::make_shared<const AccessClaims>(std::move(*claims));
  cache_.put(digest, fresh);
  return fresh;
}

Result<Identity> TokenCheck::judge(const AccessClaims& claims) const {
  if (ended_.is_over(claims.subject, claims.epoch, claims.session_id)) return denied();
  // A program's token ends by itself, or with the key that it was issued to.
  const bool is_program = claims.session_id.empty();
  if (is_program && (ended_.has_ended(claims.id) || ended_.has_ended(claims.client_id))) return denied();
  return identity_of(claims);
}

std::optional<Result<Identity>> TokenCheck::check_seen(std::string_view token) {
  if (token.size() > Jws::kBytesMax) return denied();
  const auto claims = cache_.find_first(digest_of(token), clock_.wall());
  if (!claims) return std::nullopt;
  return judge(*claims);
}

Result<Identity> TokenCheck::check(std::string_view token) {
  if (token.size() > Jws::kBytesMax) return denied();
  const WallTime now = clock_.wall();
  const TokenDigest digest = digest_of(token);
  auto claims = cache_.find(digest, now);
  if (!claims) claims = verified(token, digest, now);
  if (!claims) return denied();
  return judge(*claims);
}

}  // namespace picket::authd
