#include "authd/login/contacts.h"

#include "authd/login/letters.h"

namespace picket::authd {
namespace {

constexpr int kUpdatesMax = 5;

bool is_his(const std::optional<User>& user, const Link& link) {
  return user && user->status == Status::Active && user->email == link.email;
}

}  // namespace

bool changes_contact(const User& before, const User& after) {
  return before.email != after.email || before.phone != after.phone;
}

Result<void> Contacts::changed(const User& before, const User& after, const Client& client) {
  if (!changes_contact(before, after)) return {};
  const bool has_new_email = before.email != after.email;
  // Never to an address that nobody has verified: whoever types others' addresses could mail them at will.
  if (before.email_verified && parts_.settings.current()->config.mail_on.change) {
    const std::string_view what =
        has_new_email ? "The mail address was changed" : "The phone number was changed";
    parts_.post.notify(contact_letter({parts_.post.service(), before, client, parts_.clock.wall()}, what));
  }
  if (!has_new_email) return {};
  for (const LinkKind kind : {LinkKind::PasswordReset, LinkKind::VerifyEmail}) {
    if (const auto over = parts_.links.revoke_all(after.id, kind); !over) return fail(over);
  }
  return mail_link(after, client);
}

Result<void> Contacts::mail_link(const User& user, const Client& client) {
  const auto rules = parts_.settings.current();
  const LinkConfig& links = rules->config.links;
  if (user.email_verified || links.base_url.empty() || !parts_.post.can_email()) return {};
  const auto taken = parts_.caps.take({OtpChannel::Email, user.email_key, user.id, SendPurpose::Link});
  if (!taken) return fail(taken);
  if (!*taken) return {};
  if (const auto over = parts_.links.revoke_all(user.id, LinkKind::VerifyEmail); !over) return fail(over);
  const WallTime now = parts_.clock.wall();
  const auto token = parts_.links.make({.kind = LinkKind::VerifyEmail,
                                        .user_id = user.id,
                                        .email = user.email,
                                        .expires_at = now + links.verify_lifetime});
  if (!token) return fail(token);
  parts_.post.notify(verify_letter({parts_.post.service(), user, client, now},
                                   parts_.links.url_of(*token, links.verify_path), links.verify_lifetime),
                     links.verify_lifetime);
  return {};
}

Result<void> Contacts::verify(const std::string& link_token, const LoginContext& context) {
  if (auto may = context.check_origin(); !may) return may;
  const auto link =
      parts_.links.find(link_token, {LinkKind::VerifyEmail}, context.client, context.patience());
  if (!link) return fail(link);
  const auto user = parts_.accounts.find(link->user_id);
  if (!user) return fail(user);
  if (!is_his(*user, *link)) return link_over();
  if (const auto marked = mark_verified(*link); !marked) return fail(marked);
  return parts_.journal.change({"users.email_verified", "", link->user_id, {}}, context.client);
}

/// Over whatever else changed meanwhile, unless it was the address. Spends the link.
Result<void> Contacts::mark_verified(const Link& link) {
  for (int tries = 0;; ++tries) {
    auto user = parts_.accounts.find(link.user_id);
    if (!user) return fail(user);
    if (!is_his(*user, link)) return link_over();
    User after = std::move(**user);
    after.email_verified = true;
    const auto stored = parts_.accounts.update_by(link, after);
    if (stored) return *stored ? Result<void>() : link_over();
    if (stored.error().kind != ErrorKind::Conflict || tries == kUpdatesMax) return fail(stored);
  }
}

}  // namespace picket::authd
