#include "authd/forward_auth/decision.h"

#include <algorithm>

#include "authd/names/username.h"

namespace picket::authd {
namespace {

bool is_person(const Identity& identity) {
  return !identity.session_id.empty() && identity.via != Via::ApiKey;
}

/// No key and no program is one, whatever its scopes.
bool is_whole_login(const Identity& identity) {
  return is_person(identity) && identity.scopes.size() == 1 && identity.scopes.front() == "*";
}

/// API keys and programs cannot: there is nobody to ask.
bool can_step_up(const Identity& identity) {
  return is_person(identity) && !has_two_factors(identity.methods);
}

bool is_listed(const AccessRule& rule, const Identity& identity) {
  if (rule.roles.empty() && rule.users.empty()) return true;
  if (std::ranges::find(rule.roles, identity.role) != rule.roles.end()) return true;
  if (rule.users.empty()) return false;
  const auto name = canonical_username(identity.username);
  return name && std::ranges::find(rule.users, name->key) != rule.users.end();
}

bool holds_scopes(const AccessRule* rule, const Identity& identity) {
  if (rule == nullptr || rule->scopes.empty()) return false;
  return std::ranges::all_of(
      rule->scopes, [&](const std::string& scope) { return scopes_allow(identity.scopes, scope, ""); });
}

struct Judgement {
  AccessVerdict verdict;
  AccessReason reason;
};

/// Of somebody whom the rule asks for one or two factors.
Judgement judge(const Identity& identity, const AccessRule* rule, Requirement require) {
  if (rule != nullptr && !is_listed(*rule, identity))
    return {AccessVerdict::Forbidden, AccessReason::NotListed};
  if (!is_whole_login(identity) && !holds_scopes(rule, identity)) {
    if (can_step_up(identity)) return {AccessVerdict::NeedsSecondFactor, AccessReason::OneFactorOnly};
    return {AccessVerdict::Forbidden, AccessReason::Scope};
  }
  if (require == Requirement::TwoFactors && !has_two_factors(identity.methods)) {
    const AccessVerdict verdict =
        can_step_up(identity) ? AccessVerdict::NeedsSecondFactor : AccessVerdict::Forbidden;
    return {verdict, AccessReason::OneFactorOnly};
  }
  return {AccessVerdict::Allow, AccessReason::Granted};
}

}  // namespace

std::string_view to_string(AccessVerdict verdict) {
  switch (verdict) {
    case AccessVerdict::Allow:
      return "allow";
    case AccessVerdict::Unauthenticated:
      return "unauthenticated";
    case AccessVerdict::NeedsSecondFactor:
      return "needs_second_factor";
    case AccessVerdict::Forbidden:
      return "forbidden";
  }
  return "forbidden";
}

std::string_view to_string(AccessReason reason) {
  switch (reason) {
    case AccessReason::Public:
      return "public";
    case AccessReason::Granted:
      return "granted";
    case AccessReason::DeniedByRule:
      return "denied_by_rule";
    case AccessReason::DeniedByDefault:
      return "denied_by_default";
    case AccessReason::NoIdentity:
      return "no_identity";
    case AccessReason::OneFactorOnly:
      return "one_factor_only";
    case AccessReason::NotListed:
      return "not_listed";
    case AccessReason::Scope:
      return "scope";
    case AccessReason::OwnerNetwork:
      return "owner_network";
  }
  return "denied_by_default";
}

AccessDecision decide(const OriginalRequest& request, const Identity* identity, const IpAddress& client,
                      const AccessPolicy& access) {
  const AccessRule* rule = access.find(request, client);
  const Requirement require = rule != nullptr ? rule->require : access.otherwise;
  if (require == Requirement::Deny) {
    const auto reason = rule != nullptr ? AccessReason::DeniedByRule : AccessReason::DeniedByDefault;
    return {AccessVerdict::Forbidden, reason, rule, false};
  }
  const bool is_elsewhere = identity != nullptr && access.owners.keep_out(identity->role, client);
  if (require == Requirement::Public) {
    const bool shows = identity != nullptr && !is_elsewhere && is_whole_login(*identity);
    return {AccessVerdict::Allow, AccessReason::Public, rule, shows};
  }
  if (identity == nullptr) return {AccessVerdict::Unauthenticated, AccessReason::NoIdentity, rule, false};
  if (is_elsewhere) return {AccessVerdict::Forbidden, AccessReason::OwnerNetwork, rule, false};
  const Judgement judgement = judge(*identity, rule, require);
  return {judgement.verdict, judgement.reason, rule, judgement.verdict == AccessVerdict::Allow};
}

}  // namespace picket::authd
