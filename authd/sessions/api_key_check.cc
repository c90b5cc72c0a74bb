#include "authd/sessions/api_key_check.h"

#include "authd/sessions/refusal.h"
#include "authd/tokens/api_key.h"

namespace picket::authd {
namespace {

constexpr std::size_t kSeenKeysMax = 20'000;
constexpr Duration kSeenKeysFor = std::chrono::seconds(5);

/// A login of theirs could do nothing but change the password or set up a factor.
bool is_half(const User& user) {
  return user.must_change_password || (user.role >= Role::Admin && !user.has_second_factor);
}

}  // namespace

ApiKeyCheck::ApiKeyCheck(ApiKeyParts parts) : parts_(std::move(parts)), seen_(kSeenKeysMax, kSeenKeysFor) {}

ApiKeyCheck::Found ApiKeyCheck::read(const std::string& public_id) {
  const MonoTime now = parts_.clock.mono();
  auto key = parts_.keys.find_by_public_id(public_id);
  if (!key) return fail(key);
  if (!*key) return nullptr;
  const auto user = parts_.accounts.find((*key)->user_id);
  if (!user) return fail(user);
  Seen seen;
  seen.key = std::move(**key);
  if (*user) {
    seen.username = (*user)->username;
    seen.role = (*user)->role;
    seen.epoch = (*user)->epoch;
    seen.has_account = (*user)->status == Status::Active && !is_half(**user);
  }
  auto value = std::make_shared<const Seen>(std::move(seen));
  seen_.put({public_id, value, now});
  return value;
}

ApiKeyCheck::Found ApiKeyCheck::find(const std::string& public_id) {
  const auto entry = seen_.find(public_id, parts_.clock.mono());
  if (entry) return entry->value;
  return read(public_id);
}

/// A key outlives a new password of its user's own: an epoch that moved on means that key and user must be
/// read again.
bool ApiKeyCheck::is_over(const Seen& seen) const {
  return seen.has_account && seen.key.is_live(parts_.clock.wall()) &&
         parts_.ended.is_over(seen.key.user_id, seen.epoch, seen.key.id);
}

ApiKeyCheck::Found ApiKeyCheck::find_current(const std::string& public_id, std::string_view key) {
  auto found = find(public_id);
  if (!found || *found == nullptr) return found;
  const Seen& seen = **found;
  if (!api_key_matches(key, seen.key.mac, parts_.mac_key)) return nullptr;
  return is_over(seen) ? read(public_id) : found;
}

Result<Identity> ApiKeyCheck::judge(const Seen& seen) {
  const WallTime now = parts_.clock.wall();
  if (!seen.has_account || !seen.key.is_live(now)) return denied();
  uses_.note(seen.key.id, now);
  Identity identity;
  identity.user_id = seen.key.user_id;
  identity.username = seen.username;
  identity.role = seen.role;
  identity.scopes = seen.key.scopes;
  identity.tier = seen.key.tier;
  identity.key_id = seen.key.id;
  identity.via = Via::ApiKey;
  identity.expires_at = seen.key.expires_at;
  return identity;
}

Result<Identity> ApiKeyCheck::check(std::string_view key) {
  const auto public_id = api_key_lookup_id(key);
  if (!public_id) return denied();
  const auto found = find_current(*public_id, key);
  if (!found) return away(found);
  if (*found == nullptr) return denied();
  return judge(**found);
}

std::optional<Result<Identity>> ApiKeyCheck::check_seen(std::string_view key) {
  const auto public_id = api_key_lookup_id(key);
  if (!public_id) return denied();
  const auto entry = seen_.find(*public_id, parts_.clock.mono());
  if (!entry) return std::nullopt;
  const Seen& seen = *entry->value;
  if (!api_key_matches(key, seen.key.mac, parts_.mac_key)) return denied();
  if (is_over(seen)) return std::nullopt;
  return judge(seen);
}

Result<void> ApiKeyCheck::flush() {
  Result<void> outcome;
  for (const KeyUse& use : uses_.take()) {
    if (outcome) outcome = parts_.keys.add_usage(use.key_id, use.count, use.minute);
    if (!outcome) uses_.put_back(use);
  }
  return outcome;
}

}  // namespace picket::authd
