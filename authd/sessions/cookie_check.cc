#include "authd/sessions/cookie_check.h"

#include <algorithm>

#include "authd/sessions/refusal.h"
#include "authd/sessions/session_cookie.h"

namespace picket::authd {
namespace {

constexpr std::size_t kSeenMax = 20'000;
constexpr Duration kSeenFor = std::chrono::seconds(5);
// A cookie that is over and keeps coming shall not cost a query each time.
constexpr Duration kAskAgainAfter = std::chrono::seconds(1);
constexpr Duration kTouchInterval = std::chrono::minutes(1);

}  // namespace

CookieCheck::CookieCheck(const CookieParts& parts, Duration idle)
    : parts_(parts), idle_(idle), seen_(kSeenMax, kSeenFor) {}

/// Between two writes of one session's uses; also what is left of its time in the store when a use is written
/// at once, so that no replica sees a session end that is in use.
Duration CookieCheck::touch_interval() const {
  return std::min<Duration>(kTouchInterval, idle_.load() / 4);
}

CookieCheck::Found CookieCheck::read(const std::string& family_id) {
  const MonoTime now = parts_.clock.mono();
  auto session = parts_.sessions.find_by_family(family_id);
  if (!session) return fail(session);
  if (!*session) return std::nullopt;
  const auto user = parts_.accounts.find((*session)->user_id);
  if (!user) return fail(user);
  Seen seen;
  seen.session = std::move(**session);
  if (*user) {
    seen.username = (*user)->username;
    seen.role = (*user)->role;
    seen.is_password_due = (*user)->must_change_password;
    seen.has_account = (*user)->status == Status::Active && (*user)->epoch == seen.session.user_epoch;
  }
  SeenSessions::Entry entry{family_id, std::make_shared<const Seen>(std::move(seen)), now};
  seen_.put(entry);
  return entry;
}

CookieCheck::Found CookieCheck::find(const std::string& family_id) {
  auto entry = seen_.find(family_id, parts_.clock.mono());
  if (entry) return entry;
  return read(family_id);
}

CookieCheck::Found CookieCheck::find_in_use(const std::string& family_id, std::string_view cookie) {
  auto found = find(family_id);
  if (!found || !*found) return found;
  const Session& session = (*found)->value->session;
  if (!cookie_matches(cookie, session)) return std::nullopt;
  const bool was_read_just_now = parts_.clock.mono() - (*found)->read_at < kAskAgainAfter;
  return !is_idle(session) || was_read_just_now ? found : read(family_id);
}

Secret CookieCheck::csrf_of(std::string_view cookie) {
  const auto family_id = cookie_family(cookie);
  if (!family_id) return {};
  const Found found = find_in_use(*family_id, cookie);
  return found && *found ? csrf_token((*found)->value->session) : Secret();
}

WallTime CookieCheck::idle_end(const Session& session) const {
  const auto used = uses_.last(session.id);
  const WallTime stored = session.idle_expires_at;
  const WallTime known = used ? std::max(stored, *used + idle_.load()) : stored;
  return std::min(known, session.absolute_expires_at);
}

bool CookieCheck::is_idle(const Session& session) const {
  return parts_.clock.wall() >= idle_end(session);
}

/// But for its idleness.
bool CookieCheck::is_alive(const Seen& seen) const {
  const Session& session = seen.session;
  return seen.has_account && session.revoked_at == WallTime{} &&
         !parts_.ended.is_over(session.user_id, session.user_epoch, session.id);
}

/// The store's idea of when the session ends has come near.
bool CookieCheck::is_write_due(const Session& session, WallTime now) const {
  return now + touch_interval() >= session.idle_expires_at;
}

void CookieCheck::note_use(const SeenSessions::Entry& entry) {
  const Session& session = entry.value->session;
  const WallTime now = parts_.clock.wall();
  uses_.note({session.id, now});
  const Duration idle = idle_;
  if (!is_write_due(session, now)) return;
  const auto touched = parts_.sessions.touch(session.id, now, now + idle);
  if (!touched) return;  // the next flush writes it
  Seen seen = *entry.value;
  seen.session.idle_expires_at = now + idle;
  seen_.put({entry.key, std::make_shared<const Seen>(std::move(seen)), entry.read_at});
}

Identity CookieCheck::identity_of(const Seen& seen) const {
  Identity identity;
  identity.user_id = seen.session.user_id;
  identity.username = seen.username;
  identity.role = seen.role;
  identity.session_id = seen.session.id;
  identity.methods = seen.session.amr;
  identity.scopes = scopes_of(seen.role, seen.session.amr, seen.is_password_due);
  identity.via = Via::Cookie;
  identity.expires_at = idle_end(seen.session);
  identity.proved_at = seen.session.created_at;
  return identity;
}

Result<Identity> CookieCheck::check(std::string_view cookie) {
  const auto family_id = cookie_family(cookie);
  if (!family_id) return denied();
  const auto found = find_in_use(*family_id, cookie);
  if (!found) return away(found);
  if (!*found) return denied();
  const Seen& seen = *(*found)->value;
  if (!is_alive(seen) || is_idle(seen.session)) return denied();
  note_use(**found);
  return identity_of(seen);
}

std::optional<Result<Identity>> CookieCheck::check_seen(std::string_view cookie) {
  const auto family_id = cookie_family(cookie);
  if (!family_id) return denied();
  const auto entry = seen_.find(*family_id, parts_.clock.mono());
  if (!entry) return std::nullopt;
  const Seen& seen = *entry->value;
  if (!cookie_matches(cookie, seen.session)) return denied();
  if (is_idle(seen.session) || is_write_due(seen.session, parts_.clock.wall())) return std::nullopt;
  if (!is_alive(seen)) return denied();
  uses_.note({seen.session.id, parts_.clock.wall()});
  return identity_of(seen);
}

Result<void> CookieCheck::flush(Flush which) {
  const Duration interval = which == Flush::All ? Duration::zero() : touch_interval();
  Result<void> outcome;
  for (const SessionUse& use : uses_.take_due(parts_.clock.mono(), interval)) {
    if (outcome) {
      const auto touched = parts_.sessions.touch(use.session_id, use.at, use.at + idle_.load());
      if (!touched) outcome = fail(touched);
    }
    if (!outcome) uses_.put_back(use);
  }
  return outcome;
}

}  // namespace picket::authd
