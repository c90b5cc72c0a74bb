#include "authd/login/challenges.h"

#include <algorithm>

#include "authd/address/address_prefix.h"
#include "authd/login/letters.h"
#include "authd/tokens/opaque_token.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

constexpr std::string_view kChallengePrefix = "plc_";
constexpr std::string_view kLogin = "login";
constexpr std::string_view kMailReset = "mail_reset";
constexpr Duration kMailResetKept = std::chrono::hours(24 * 365);

}  // namespace

Result<SecondFactorRequired> Challenges::begin(const User& user, std::vector<std::string> methods,
                                               const Client& client) {
  const WallTime now = parts_.clock.wall();
  SecondFactorRequired required;
  required.challenge = make_opaque_token(parts_.random, kChallengePrefix);
  required.methods = std::move(methods);
  required.expires_at = now + parts_.settings.current()->config.second_factors.challenge_lifetime;
  const auto created = parts_.store.create({.id_hash = opaque_token_hash(required.challenge.reveal()),
                                            .purpose = std::string(kLogin),
                                            .user_id = user.id,
                                            .methods = required.methods,
                                            .created_at = now,
                                            .expires_at = required.expires_at,
                                            .client_prefix = client_network(client.address).text()});
  if (!created) return fail(created);
  return required;
}

Result<std::optional<OpenChallenge>> Challenges::find(std::string_view token) {
  if (!is_opaque_token(token, kChallengePrefix)) return std::nullopt;
  auto found = parts_.store.find(opaque_token_hash(token));
  if (!found) return fail(found);
  if (!*found) return std::nullopt;
  const Challenge& challenge = **found;
  const bool lives = challenge.used_at == WallTime{} && parts_.clock.wall() < challenge.expires_at;
  if (challenge.purpose != kLogin || !lives) return std::nullopt;
  auto user = parts_.accounts.find(challenge.user_id);
  if (!user) return fail(user);
  const bool same =
      *user && (*user)->status == Status::Active && (*user)->password_changed_at <= challenge.created_at;
  if (!same) return std::nullopt;
  return OpenChallenge{std::move(**found), std::move(**user)};
}

Result<bool> Challenges::count_try(const OpenChallenge& open) {
  const int tries = parts_.settings.current()->config.second_factors.challenge_tries;
  return parts_.store.count_try(open.challenge.id_hash, tries, parts_.clock.wall());
}

Result<bool> Challenges::use(const OpenChallenge& open) {
  return parts_.store.use(open.challenge.id_hash, parts_.clock.wall());
}

Result<void> Challenges::send_code(const OpenChallenge& open, std::string_view method, const Client& client) {
  const auto& [challenge, user] = open;
  const bool by_email = method == to_string(OtpChannel::Email);
  const bool is_sent = by_email || method == to_string(OtpChannel::Sms);
  if (!is_sent || std::ranges::find(challenge.methods, method) == challenge.methods.end()) return {};
  const OtpChannel channel = by_email ? OtpChannel::Email : OtpChannel::Sms;
  const auto taken = parts_.caps.take({channel, by_email ? user.email_key : user.phone, user.id});
  if (!taken) return fail(taken);
  if (!*taken) {
    parts_.post.note_capped(channel);
    return {};
  }
  const auto rules = parts_.settings.current();
  const std::string code = generate_otp(rules->config.codes.digits, parts_.random);
  const auto kept =
      parts_.store.set_code(challenge.id_hash, std::string(method),
                            parts_.factors.sent_code_hash(challenge, channel, code), parts_.clock.wall());
  if (!kept) return fail(kept);
  if (!*kept) return {};
  const std::string service = parts_.post.service();
  const Duration good_for =
      std::min<Duration>(challenge.expires_at - parts_.clock.wall(), rules->config.codes.lifetime);
  Letter letter = code_letter({service, user, client, parts_.clock.wall()}, code, good_for);
  if (!by_email) letter = {.to = user.phone, .subject = "", .text = code_text(service, code)};
  parts_.post.send_code(channel, std::move(letter), good_for);
  return {};
}

std::string Challenges::mailbox_mark(const std::string& user_id, WallTime password_changed_at) const {
  return opaque_token_hash(fmt::format("{} {} {}", kMailReset, user_id, unix_millis(password_changed_at)));
}

Result<void> Challenges::distrust_mailbox(const std::string& user_id, WallTime password_changed_at) {
  const WallTime now = parts_.clock.wall();
  auto made = parts_.store.create({.id_hash = mailbox_mark(user_id, password_changed_at),
                                   .purpose = std::string(kMailReset),
                                   .user_id = user_id,
                                   .created_at = now,
                                   .expires_at = now + kMailResetKept});
  const bool is_there = !made && made.error().kind == ErrorKind::Conflict;
  return is_there ? Result<void>() : made;
}

Result<bool> Challenges::distrusts_mailbox(const User& user) {
  const auto mark = parts_.store.find(mailbox_mark(user.id, user.password_changed_at));
  if (!mark) return fail(mark);
  return *mark && (*mark)->used_at == WallTime{};
}

Result<void> Challenges::trust_mailbox(const User& user) {
  const auto used = parts_.store.use(mailbox_mark(user.id, user.password_changed_at), parts_.clock.wall());
  if (!used) return fail(used);
  return {};
}

}  // namespace picket::authd
