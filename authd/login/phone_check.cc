#include "authd/login/phone_check.h"

#include <algorithm>

#include "authd/login/letters.h"
#include "authd/tokens/opaque_token.h"

namespace picket::authd {
namespace {

constexpr std::string_view kPhoneTokenPrefix = "plp_";
constexpr std::string_view kPhonePurpose = "phone";
constexpr std::string_view kConfirmPhone = "users.confirm_phone";
constexpr int kPhoneUpdatesMax = 5;

}  // namespace

Result<std::optional<Challenge>> PhoneCheck::find(const User& user, const std::string& token) {
  if (!is_opaque_token(token, kPhoneTokenPrefix)) return std::optional<Challenge>();
  auto found = parts_.challenges.find(opaque_token_hash(token));
  if (!found) return fail(found);
  const bool is_open = *found && (*found)->purpose == kPhonePurpose && (*found)->user_id == user.id &&
                       (*found)->used_at == WallTime{} && parts_.clock.wall() < (*found)->expires_at;
  return is_open ? std::move(*found) : std::optional<Challenge>();
}

Result<Secret> PhoneCheck::begin(const User& user) {
  const WallTime now = parts_.clock.wall();
  Secret token = make_opaque_token(parts_.random, kPhoneTokenPrefix);
  const auto created = parts_.challenges.create(
      {.id_hash = opaque_token_hash(token.reveal()),
       .purpose = std::string(kPhonePurpose),
       .user_id = user.id,
       .methods = {std::string(to_string(OtpChannel::Sms))},
       .created_at = now,
       .expires_at = now + parts_.settings.current()->config.second_factors.challenge_lifetime});
  if (!created) return fail(created);
  return token;
}

Result<Secret> PhoneCheck::send_code(const User& user, const std::string& token) {
  if (user.phone.empty()) return fail(ErrorKind::Conflict, "there is no phone number to verify");
  if (user.phone_verified) return fail(ErrorKind::Conflict, "the phone number is verified already");
  if (!can_send()) return fail(ErrorKind::Conflict, "SMS is not set up here");
  const auto open = find(user, token);
  if (!open) return fail(open);
  auto kept = *open ? Result<Secret>(Secret(token)) : begin(user);
  if (!kept) return kept;
  const auto taken = parts_.caps.take({OtpChannel::Sms, user.phone, user.id});
  if (!taken) return fail(taken);
  if (!*taken) {
    parts_.post.note_capped(OtpChannel::Sms);
    return kept;
  }
  const Duration good_for = *open ? (*open)->expires_at - parts_.clock.wall()
                                  : parts_.settings.current()->config.second_factors.challenge_lifetime;
  const auto made = make_code(user, opaque_token_hash(kept->reveal()), good_for);
  return made ? std::move(kept) : Result<Secret>(fail(made));
}

Result<void> PhoneCheck::make_code(const User& user, const std::string& id_hash, Duration good_for) {
  const OtpConfig codes = parts_.settings.current()->config.codes;
  const std::string code = generate_otp(codes.digits, parts_.random);
  const auto kept = parts_.challenges.set_code(id_hash, std::string(to_string(OtpChannel::Sms)),
                                               code_hash(id_hash, user, code), parts_.clock.wall());
  if (!kept) return fail(kept);
  if (*kept) {
    parts_.post.send_code(OtpChannel::Sms, {user.phone, "", code_text(parts_.post.service(), code)},
                          std::min(good_for, codes.lifetime));
  }
  return {};
}

Result<void> PhoneCheck::confirm(const User& user, const PhoneAnswer& answer, const LoginContext& context) {
  const CodeQuestion question{kConfirmPhone, Factor::Sms, user, context.client, context.patience()};
  const auto refusal = parts_.codes.ask(question, [&] { return try_code(user, answer); });
  if (!refusal) return fail(refusal);
  if (*refusal != Refusal::None) return fail(ErrorKind::Denied, "the code is wrong, or no longer good");
  return parts_.journal.change({"users.phone_verified", user.id, user.id, {}}, context.client);
}

/// A try is taken before anything is compared. A number that was changed meanwhile has no right code.
Result<Refusal> PhoneCheck::try_code(const User& user, const PhoneAnswer& answer) {
  const auto rules = parts_.settings.current();
  const auto open = find(user, answer.token);
  if (!open) return fail(open);
  if (!*open) return Refusal::Expired;
  const Challenge& challenge = **open;
  const WallTime now = parts_.clock.wall();
  const auto counted =
      parts_.challenges.count_try(challenge.id_hash, rules->config.second_factors.challenge_tries, now);
  if (!counted) return fail(counted);
  if (!*counted) return Refusal::Exhausted;
  const OtpRecord record{
      .hash = challenge.code_hash, .issued_at = challenge.code_issued_at(), .tries = challenge.tries};
  const OtpState state =
      judge(record, code_hash(challenge.id_hash, user, answer.code), now, rules->config.codes);
  if (record.hash.empty() || state != OtpState::Accepted) return Refusal::Wrong;
  const auto used = parts_.challenges.use(challenge.id_hash, now);
  if (!used) return fail(used);
  if (!*used) return Refusal::Spent;
  const auto marked = mark_verified(user);
  if (!marked) return fail(marked);
  return *marked ? Refusal::None : Refusal::Expired;
}

/// Over whatever else changed meanwhile; false when it was the number.
Result<bool> PhoneCheck::mark_verified(const User& user) {
  for (int tries = 0;; ++tries) {
    auto now = parts_.accounts.find(user.id);
    if (!now) return fail(now);
    if (!*now || (*now)->status != Status::Active || (*now)->phone != user.phone) return false;
    User after = std::move(**now);
    after.phone_verified = true;
    const auto stored = parts_.accounts.update(after);
    if (stored) return true;
    if (stored.error().kind != ErrorKind::Conflict || tries == kPhoneUpdatesMax) return fail(stored);
  }
}

std::string PhoneCheck::code_hash(const std::string& id_hash, const User& user,
                                  const std::string& code) const {
  return hash_otp(pepper_, {id_hash, OtpChannel::Sms, fmt::format("{} {}", user.id, user.phone)}, code);
}

}  // namespace picket::authd
