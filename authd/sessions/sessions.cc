#include "authd/sessions/sessions.h"

#include <algorithm>

#include "authd/sessions/identity.h"
#include "authd/sessions/session_family.h"
#include "authd/tokens/access_token.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::string_view kClientId = "picket";  // RFC 9068 asks for one: the daemon's own login
// A lost race shows a state that was not there before; to lose so many takes as many changes of one family.
constexpr int kTriesMax = 8;
constexpr int kSurplusMax = 100;  // that one login ends, after live_max was made smaller

RefreshAnswer answer_of(RefreshVerdict verdict, const Session& session) {
  return {.verdict = verdict, .grant = {}, .user_id = session.user_id, .session_id = session.id};
}

bool is_rightful(const std::optional<User>& user, const Session& session) {
  return user && user->status == Status::Active && user->epoch == session.user_epoch;
}

}  // namespace

Sessions::Sessions(SessionParts parts, TokenConfig tokens, SessionConfig config)
    : parts_(parts),
      settings_(std::make_shared<const Settings>(Settings{std::move(tokens), std::move(config)})) {}

std::shared_ptr<const Sessions::Settings> Sessions::settings() const {
  const MutexLock lock(mutex_);
  return settings_;
}

void Sessions::reload(TokenConfig tokens, SessionConfig config) {
  auto fresh = std::make_shared<const Settings>(Settings{std::move(tokens), std::move(config)});
  const MutexLock lock(mutex_);
  settings_.swap(fresh);
}

// A session of refresh tokens ends with its family and knows no idleness: a program may sleep.
Session Sessions::session_of(const Opening& opening, const Settings& settings) {
  const WallTime now = parts_.clock.wall();
  const RefreshPolicy& policy = settings.tokens.refresh;
  const bool has_cookie = opening.mode == SessionMode::Cookie;
  const RefreshFamily family = make_refresh_family(parts_.random, binding_of(opening.client), now, policy);
  const WallTime cap = now + settings.config.absolute_of(opening.user.role);
  Session session;
  session.id = parts_.ids.next();
  session.user_id = opening.user.id;
  session.user_epoch = opening.user.epoch;
  session.created_at = session.last_seen_at = now;
  session.absolute_expires_at = has_cookie ? cap : std::min(cap, family.expires_at);
  session.idle_expires_at =
      has_cookie ? std::min(cap, now + settings.config.idle) : session.absolute_expires_at;
  session.amr = opening.methods;
  session.device_id = opening.client.device_id;
  session.ip = opening.client.address.text();
  session.user_agent = opening.client.user_agent;
  session.family_id = family_id_text(family.id);
  session.family_key = family.key;
  session.refresh = state_of(family, family.version);
  return session;
}

// After the new one is there, so that of parallel logins the newest remain, and no more.
Result<void> Sessions::end_surplus(const std::string& user_id, int live_max) {
  const auto live = parts_.sessions.list_live(user_id, parts_.clock.wall(), live_max + kSurplusMax);
  if (!live) return fail(live);
  for (std::size_t i = static_cast<std::size_t>(live_max); i < live->size(); ++i) {
    if (const auto ended = end((*live)[i].id, "too_many"); !ended) return fail(ended);
  }
  return {};
}

Secret Sessions::access_token(const User& user, const Session& session, Duration& lifetime) const {
  const auto settings = this->settings();
  const WallTime now = std::chrono::floor<std::chrono::seconds>(parts_.clock.wall());
  const WallTime cap = std::chrono::floor<std::chrono::seconds>(session.absolute_expires_at);
  AccessClaims claims;
  claims.issuer = settings->tokens.issuer;
  claims.subject = user.id;
  claims.audience = {settings->tokens.audience};
  claims.client_id = kClientId;
  claims.id = parts_.ids.next();
  claims.issued_at = claims.not_before = now;
  claims.expires_at = std::min(now + settings->tokens.access_lifetime, cap);
  claims.session_id = session.id;
  claims.proved_at = session.created_at;
  claims.username = user.username;
  claims.role = to_string(user.role);
  claims.epoch = user.epoch;
  claims.scope = join(scopes_of(user.role, session.amr, user.must_change_password), " ");
  claims.methods = session.amr;
  claims.level = has_two_factors(session.amr) ? "2" : "1";
  lifetime = claims.expires_at - now;
  return Secret(issue(parts_.keys.current()->active().key, claims));
}

Result<Grant> Sessions::open(const Opening& opening) {
  if (opening.user.status != Status::Active) return fail(ErrorKind::Denied, "the account is not active");
  const auto settings = this->settings();
  Grant grant{.user = opening.user, .session = session_of(opening, *settings)};
  if (const auto made = parts_.sessions.create(grant.session); !made) return fail(made);
  if (const auto ended = end_surplus(opening.user.id, settings->config.live_max); !ended) {
    take_back(grant);
    return fail(ended);
  }
  if (opening.mode == SessionMode::Cookie) {
    grant.cookie = session_cookie(grant.session);
    grant.csrf = csrf_token(grant.session);
    return grant;
  }
  grant.access_token = access_token(grant.user, grant.session, grant.access_lifetime);
  grant.refresh_token = refresh_token(family_of(grant.session), grant.session.refresh.active);
  return grant;
}

// What cannot be ended now ends by itself, and nobody has its tokens.
void Sessions::take_back(const Grant& grant) {
  [[maybe_unused]] const auto ended = end(grant.session.id, "not_given");
}

Result<ProgramGrant> Sessions::grant_program(const Identity& program, const std::string& scope) {
  const auto user = parts_.accounts.find(program.user_id);
  if (!user) return fail(user);
  if (!*user || (*user)->status != Status::Active)
    return fail(ErrorKind::Denied, "the account is not active");
  const auto settings = this->settings();
  const WallTime now = std::chrono::floor<std::chrono::seconds>(parts_.clock.wall());
  AccessClaims claims;
  claims.issuer = settings->tokens.issuer;
  claims.subject = program.user_id;
  claims.audience = {settings->tokens.audience};
  claims.client_id = program.key_id;
  claims.id = parts_.ids.next();
  claims.issued_at = claims.not_before = now;
  claims.expires_at = now + settings->tokens.access_lifetime;
  if (program.expires_at != WallTime{})
    claims.expires_at =
        std::min<WallTime>(claims.expires_at, std::chrono::floor<std::chrono::seconds>(program.expires_at));
  claims.username = program.username;
  claims.role = to_string(program.role);
  claims.epoch = (*user)->epoch;
  claims.scope = scope;
  claims.level = "1";
  return ProgramGrant{Secret(issue(parts_.keys.current()->active().key, claims)), claims.expires_at - now};
}

/// Nothing when the token is of no family that is known.
Result<std::optional<Sessions::Ruling>> Sessions::judge(const PresentedRefresh& presented,
                                                        const Client& client) const {
  auto session = parts_.sessions.find_by_family(family_id_text(presented.family_id));
  if (!session) return fail(session);
  if (!*session) return std::nullopt;
  Ruling ruling{.session = std::move(**session),
                .judgement = {},
                .now = parts_.clock.wall(),
                .address = client.address};
  ruling.judgement = judge_refresh(family_of(ruling.session), presented, binding_of(client), ruling.now,
                                   settings()->tokens.refresh);
  if (ruling.judgement.verdict == RefreshVerdict::Unknown) return std::nullopt;
  return ruling;
}

/// Does what the verdict asks for. Nothing when another caller was first: read and judge again.
Result<std::optional<RefreshAnswer>> Sessions::settle(const Ruling& ruling) {
  const RefreshVerdict verdict = ruling.judgement.verdict;
  if (verdict == RefreshVerdict::Reuse) {
    const auto ended = end(ruling.session.id, to_string(verdict));
    if (!ended) return fail(ended);
    // Of several who present it at once, one raises the alarm.
    return answer_of(*ended ? RefreshVerdict::Reuse : RefreshVerdict::Revoked, ruling.session);
  }
  if (verdict == RefreshVerdict::Expired || verdict == RefreshVerdict::Revoked) {
    return answer_of(verdict, ruling.session);
  }
  return give(ruling);
}

Result<std::optional<RefreshAnswer>> Sessions::give(const Ruling& ruling) {
  const Session& session = ruling.session;
  auto user = parts_.accounts.find(session.user_id);
  if (!user) return fail(user);
  if (!is_rightful(*user, session)) return answer_of(RefreshVerdict::Revoked, session);
  if (settings()->config.owners.keep_out((*user)->role, ruling.address))
    return answer_of(RefreshVerdict::OwnerNetwork, session);
  if (!session.is_live(ruling.now)) return answer_of(RefreshVerdict::Expired, session);
  const RefreshFamily before = family_of(session);
  const RefreshFamily& after = ruling.judgement.family;
  if (after != before) {
    const auto rotated = parts_.sessions.rotate(session.id, state_of(after, before.version), ruling.now);
    if (!rotated) return fail(rotated);
    if (!*rotated) return std::nullopt;
  }
  RefreshAnswer answer = answer_of(ruling.judgement.verdict, session);
  answer.grant = Grant{.user = std::move(**user), .session = session};
  answer.grant->session.refresh = state_of(after, after.version);
  answer.grant->refresh_token = *ruling.judgement.next;
  answer.grant->access_token = access_token(answer.grant->user, session, answer.grant->access_lifetime);
  return answer;
}

Result<RefreshAnswer> Sessions::refresh_until_settled(std::string_view token, const Client& client) {
  const auto presented = PresentedRefresh::parse(token);
  if (!presented) return RefreshAnswer{};
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const auto judged = judge(*presented, client);
    if (!judged) return fail(judged);
    if (!*judged) return RefreshAnswer{};
    auto answer = settle(**judged);
    if (!answer) return fail(answer);
    if (*answer) return std::move(**answer);
  }
  return fail(ErrorKind::Unavailable, "the session changes faster than it can be refreshed");
}

Result<RefreshAnswer> Sessions::refresh(std::string_view token, const Client& client) {
  auto answer = refresh_until_settled(token, client);
  if (answer)
    refreshes_.at(static_cast<std::size_t>(answer->verdict)).fetch_add(1, std::memory_order_relaxed);
  return answer;
}

Result<bool> Sessions::end(const std::string& session_id, std::string_view reason) {
  auto ended = parts_.sessions.revoke(session_id, {std::string(reason), parts_.clock.wall()});
  if (ended && *ended) parts_.ended.note_session(session_id);
  return ended;
}

Result<void> Sessions::end_token(const std::string& token_id) {
  if (auto ended = parts_.accounts.end_token(token_id); !ended) return ended;
  parts_.ended.note_session(token_id);
  return {};
}

Result<std::optional<Session>> Sessions::find_by_refresh(std::string_view token) const {
  const auto presented = PresentedRefresh::parse(token);
  if (!presented) return std::nullopt;
  auto judged = judge(*presented, {});
  if (!judged) return fail(judged);
  if (!*judged) return std::nullopt;
  return std::move((*judged)->session);
}

Result<std::optional<Sessions::LiveRefresh>> Sessions::find_live_refresh(std::string_view token) const {
  const auto presented = PresentedRefresh::parse(token);
  if (!presented) return std::nullopt;
  auto judged = judge(*presented, {});
  if (!judged) return fail(judged);
  if (!*judged || (*judged)->judgement.verdict != RefreshVerdict::Rotate) return std::nullopt;
  Session& session = (*judged)->session;
  auto user = parts_.accounts.find(session.user_id);
  if (!user) return fail(user);
  if (!is_rightful(*user, session) || !session.is_live((*judged)->now)) return std::nullopt;
  return LiveRefresh{std::move(**user), std::move(session)};
}

Result<std::optional<Session>> Sessions::end_by_refresh(std::string_view token, std::string_view reason) {
  auto session = find_by_refresh(token);
  if (!session || !*session) return session;
  if (const auto ended = end((*session)->id, reason); !ended) return fail(ended);
  return session;
}

Result<std::int64_t> Sessions::end_all(const std::string& user_id, std::string_view reason,
                                       const std::string& except_id) {
  auto ended = parts_.sessions.revoke_all(user_id, {std::string(reason), parts_.clock.wall()}, except_id);
  if (!ended) return fail(ended);
  // They are in the feed, all of them, even one that was opened this moment. If the store is gone again, the
  // next poll brings them, or nobody is believed.
  [[maybe_unused]] const auto polled = parts_.ended.poll();
  return ended;
}

Result<void> Sessions::count_active() {
  const auto count = parts_.sessions.count_live(parts_.clock.wall());
  if (!count) return fail(count);
  active_ = *count;
  return {};
}

SessionCounts Sessions::counts() const {
  SessionCounts counts;
  for (std::size_t i = 0; i < refreshes_.size(); ++i) counts.refreshes.at(i) = refreshes_.at(i).load();
  if (const std::int64_t active = active_; active >= 0) counts.active = active;
  return counts;
}

}  // namespace picket::authd
