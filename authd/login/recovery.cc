#include "authd/login/recovery.h"

#include <algorithm>

#include "authd/login/letters.h"
#include "authd/names/email_address.h"
#include "authd/names/login_name.h"
#include "authd/names/username.h"
#include "authd/tokens/opaque_token.h"

namespace picket::authd {
namespace {

constexpr int kUpdatesMax = 5;
constexpr std::size_t kTypedMax = 1024;
constexpr Duration kFirstOwnerLifetime = std::chrono::hours(24);

PasswordOwner owner_of(const User& user) {
  return {user.username, user.email, user.has_second_factor};
}

bool is_same_password(const std::string& typed, const std::string& other) {
  const auto one = OpaqueString::prepare(typed);
  const auto two = OpaqueString::prepare(other);
  return one && two && one->reveal() == two->reveal();
}

}  // namespace

Result<Recovery::NewPassword> Recovery::judge_and_hash(const std::string& typed, const PasswordOwner& owner,
                                                       const LoginContext& context) {
  const auto password = OpaqueString::prepare(typed);
  if (!password) return fail(password);
  NewPassword made{.objections = parts_.settings.current()->policy.judge(*password, owner)};
  if (!made.objections.empty()) return made;
  auto hash = parts_.passwords.hash(*password, context.client, context.patience());
  if (!hash) return fail(hash);
  made.hash = std::move(*hash);
  return made;
}

Result<User> Recovery::update(const User& after, const std::optional<Link>& by) {
  if (!by) return parts_.accounts.update(after);
  auto stored = parts_.accounts.update_by(*by, after);
  if (!stored) return fail(stored);
  if (!*stored) return link_over();
  return std::move(**stored);
}

/// Over whatever else changed meanwhile; the epoch goes up with it, and older links end.
Result<User> Recovery::store_hash(const HashChange& change) {
  for (int tries = 0;; ++tries) {
    auto user = parts_.accounts.find(change.user_id);
    if (!user) return fail(user);
    if (!*user || (*user)->status != Status::Active) return link_over();
    User after = std::move(**user);
    after.password_hash = change.hash;
    after.password_changed_at = change.at;
    after.must_change_password = false;
    auto stored = update(after, change.by);
    const bool raced = !stored && stored.error().kind == ErrorKind::Conflict;
    if (!raced || tries == kUpdatesMax) return stored;
  }
}

Result<void> Recovery::password_changed(const User& user, std::string_view action,
                                        const LoginContext& context) {
  const WallTime now = parts_.clock.wall();
  if (parts_.settings.current()->config.mail_on.change)
    parts_.post.notify(
        change_letter({parts_.post.service(), user, context.client, now}, "The password was changed"));
  auto noted = parts_.journal.change({action, "", user.id, {}}, context.client);
  if (!noted) return noted;
  // They are dead by the epoch; the lists are to show it.
  const auto ended = parts_.sessions.revoke_all(user.id, {"password_change", now}, "");
  return ended ? Result<void>() : fail(ended);
}

Result<PasswordAnswer> Recovery::change(const User& user, const std::string& current, const std::string& next,
                                        const LoginContext& context) {
  if (const auto right = parts_.login.confirm_password(user, current, context); !right) return fail(right);
  auto made = judge_and_hash(next, owner_of(user), context);
  if (!made) return fail(made);
  if (is_same_password(current, next))
    made->objections.push_back({PasswordFault::Unchanged, "This is the current password."});
  if (!made->objections.empty()) return std::move(made->objections);
  const auto stored = store_hash({.user_id = user.id, .hash = made->hash, .at = parts_.clock.wall()});
  if (!stored) return fail(stored);
  if (const auto done = password_changed(*stored, "auth.password_change", context); !done) return fail(done);
  return PasswordAnswer{};
}

bool Recovery::can_mail() const {
  return parts_.post.can_email() && !parts_.settings.current()->config.links.base_url.empty();
}

/// Everything that differs between accounts happens beside the caller.
Result<void> Recovery::request_reset(const std::string& name_or_email, const LoginContext& context) {
  if (auto may = context.check_origin(); !may) return may;
  if (auto may = take_request(name_or_email, context); !may) return may;
  return send_reset(name_or_email, context);
}

Result<void> Recovery::send_reset(const std::string& name_or_email, const LoginContext& context) {
  auto noted = parts_.journal.change({"auth.reset_request", "", "", {}}, context.client);
  if (!noted) return noted;
  const bool taken = parts_.post.later([this, typed = name_or_email.substr(0, kTypedMax),
                                        client = context.client] { return mail_reset(typed, client); });
  if (!taken) return fail(ErrorKind::Unavailable, "too many mails wait to be sent");
  return {};
}

/// Every request counts: there is none that is right.
Result<void> Recovery::take_request(const std::string& typed, const LoginContext& context) {
  const Caller caller{
      .address = context.client.address, .is_shared = context.client.is_shared, .is_known = true};
  auto tried = parts_.tries.enter({kRecoveryTier, caller, opaque_token_hash(typed.substr(0, kTypedMax)), ""},
                                  context.patience());
  if (!tried) return fail(tried);
  if (!tried->pass) return fail(limited_error(tried->answer));
  tried->pass->failed();
  return {};
}

Result<void> Recovery::mail_reset(const std::string& typed, const Client& client) {
  const auto name = parse_login_name(typed);
  if (!name) return {};
  const auto user = parts_.accounts.find_by_key(name->key);
  if (!user) return fail(user);
  const bool may = *user && (*user)->status == Status::Active && (*user)->email_verified;
  const auto rules = parts_.settings.current();
  const LinkConfig& links = rules->config.links;
  if (!may || links.base_url.empty() || !parts_.post.can_email()) return {};
  const auto only_mailbox = has_only_mailbox(**user);
  if (!only_mailbox) return fail(only_mailbox);
  const auto taken = parts_.caps.take({OtpChannel::Email, (*user)->email_key, (*user)->id,
                                       *only_mailbox ? SendPurpose::Notice : SendPurpose::Link});
  if (!taken) return fail(taken);
  if (!*taken) return {};
  const WallTime now = parts_.clock.wall();
  const Occasion occasion{parts_.post.service(), **user, client, now};
  if (*only_mailbox) {
    parts_.post.notify(no_reset_letter(occasion));
    return {};
  }
  auto old = parts_.links.revoke_all((*user)->id, LinkKind::PasswordReset);
  if (!old) return fail(old);
  const auto token = parts_.links.make({.kind = LinkKind::PasswordReset,
                                        .user_id = (*user)->id,
                                        .email = (*user)->email,
                                        .expires_at = now + links.reset_lifetime});
  if (!token) return fail(token);
  parts_.post.notify(
      reset_letter(occasion, parts_.links.url_of(*token, links.reset_path), links.reset_lifetime),
      links.reset_lifetime);
  return {};
}

/// Then a link to the same mailbox would prove both factors.
Result<bool> Recovery::has_only_mailbox(const User& user) {
  const auto factors = parts_.factors.find(user.id);
  if (!factors) return fail(factors);
  if (!factors->email_otp || factors->has_totp()) return false;
  const auto codes = parts_.factors.backup_codes(user.id);
  if (!codes) return fail(codes);
  return std::ranges::none_of(*codes,
                              [](const StoredBackupCode& code) { return code.used_at == WallTime{}; });
}

Result<PasswordAnswer> Recovery::reset(const std::string& link_token, const std::string& next,
                                       const LoginContext& context) {
  if (const auto may = context.check_origin(); !may) return fail(may);
  const auto link =
      parts_.links.find(link_token, {LinkKind::PasswordReset}, context.client, context.patience());
  if (!link) return fail(link);
  const auto user = parts_.accounts.find(link->user_id);
  if (!user) return fail(user);
  if (!*user || (*user)->status != Status::Active) return link_over();
  // A password that is refused does not spend the link.
  auto made = judge_and_hash(next, owner_of(**user), context);
  if (!made) return fail(made);
  if (!made->objections.empty()) return std::move(made->objections);
  const HashChange change{
      .user_id = link->user_id, .hash = made->hash, .at = parts_.clock.wall(), .by = *link};
  // Before the password is good, so that none ever is without them.
  const auto marked = parts_.challenges.distrust_mailbox(change.user_id, change.at);
  if (!marked) return fail(marked);
  if (const auto forgotten = parts_.devices.forget(change.user_id); !forgotten) return fail(forgotten);
  const auto stored = store_hash(change);
  if (!stored) return fail(stored);
  if (const auto done = password_changed(*stored, "auth.password_reset", context); !done) return fail(done);
  return PasswordAnswer{};
}

Result<void> Recovery::invite(const User& inviter, const std::string& email, Role role,
                              const LoginContext& context) {
  if (!may_grant(inviter.role, role)) return fail(ErrorKind::Denied, "you may not give this role");
  const auto address = canonical_email(email);
  if (!address) return fail(address);
  const auto rules = parts_.settings.current();
  const LinkConfig& links = rules->config.links;
  if (links.base_url.empty() || !parts_.post.can_email())
    return fail(ErrorKind::Unavailable, "mail and links.base_url must be set up to invite");
  const auto taken = parts_.accounts.find_by_key(address->key);
  if (!taken) return fail(taken);
  if (*taken) return fail(ErrorKind::Conflict, "an account has this mail address already");
  const auto may = parts_.caps.take({OtpChannel::Email, address->key, "", SendPurpose::Link});
  if (!may) return fail(may);
  if (!*may) return fail(ErrorKind::Unavailable, "too many mails to this address: try again later");
  const auto token = parts_.links.make({.kind = LinkKind::Invite,
                                        .email = address->address,
                                        .role = std::string(to_string(role)),
                                        .expires_at = parts_.clock.wall() + links.invite_lifetime});
  if (!token) return fail(token);
  parts_.post.notify(invite_letter(parts_.post.service(), address->address,
                                   parts_.links.url_of(*token, links.accept_path), links.invite_lifetime),
                     links.invite_lifetime);
  return parts_.journal.change(
      {"users.invite", inviter.id, "", {{"email", address->address}, {"role", to_string(role)}}},
      context.client);
}

Result<PasswordAnswer> Recovery::accept(const std::string& link_token, const std::string& username,
                                        const std::string& password, const LoginContext& context) {
  if (const auto may = context.check_origin(); !may) return fail(may);
  const auto link = parts_.links.find(link_token, {LinkKind::Invite, LinkKind::FirstOwner}, context.client,
                                      context.patience());
  if (!link) return fail(link);
  auto user = user_of(*link, username);
  if (!user) return fail(user);
  const auto taken = parts_.accounts.find_by_key(user->username_key);
  if (!taken) return fail(taken);
  if (*taken) return fail(ErrorKind::Conflict, "the user name is taken");
  auto made = judge_and_hash(password, owner_of(*user), context);
  if (!made) return fail(made);
  if (!made->objections.empty()) return std::move(made->objections);
  user->password_hash = made->hash;
  const auto created = parts_.accounts.create_by(*link, *user);
  if (!created) return fail(created);
  if (!*created) return link_over();
  const auto noted = parts_.journal.change(
      {"users.accept", user->id, user->id, {{"role", to_string(user->role)}}}, context.client);
  if (!noted) return fail(noted);
  return PasswordAnswer{};
}

Result<User> Recovery::user_of(const Link& link, const std::string& username) {
  auto name = new_username(username);
  if (!name) return fail(name);
  const auto role = parse_role(link.role);
  if (!role) return fail(ErrorKind::Corrupt, "an invitation has no role");
  User user;
  user.id = parts_.ids.next();
  user.username = std::move(name->raw);
  user.username_key = std::move(name->key);
  user.role = *role;
  user.created_at = user.password_changed_at = parts_.clock.wall();
  if (link.kind != LinkKind::Invite) return user;
  auto email = canonical_email(link.email);
  if (!email) return fail(ErrorKind::Corrupt, "an invitation has no mail address");
  user.email = std::move(email->address);
  user.email_key = std::move(email->key);
  user.email_verified = true;  // the link came through it
  return user;
}

Result<std::optional<FirstOwnerOffer>> Recovery::offer_first_owner() {
  const auto owners = parts_.accounts.count_owners();
  if (!owners) return fail(owners);
  if (*owners > 0) return std::nullopt;
  FirstOwnerOffer offer{.expires_at = parts_.clock.wall() + kFirstOwnerLifetime};
  auto token = parts_.links.make({.kind = LinkKind::FirstOwner,
                                  .role = std::string(to_string(Role::Owner)),
                                  .expires_at = offer.expires_at});
  if (!token) return fail(token);
  const auto noted = parts_.journal.change({"users.first_owner_offered", "", "", {}}, {});
  if (!noted) return fail(noted);
  const auto rules = parts_.settings.current();
  const LinkConfig& links = rules->config.links;
  if (!links.base_url.empty()) offer.link = Secret(parts_.links.url_of(*token, links.accept_path));
  offer.token = std::move(*token);
  return offer;
}

}  // namespace picket::authd
