#include "authd/login/factor_check.h"

#include <algorithm>

#include "base/text/encoding.h"

namespace picket::authd {
namespace {

OtpAlgorithm algorithm_of(const std::string& text) {
  if (text == "SHA256") return OtpAlgorithm::Sha256;
  return text == "SHA512" ? OtpAlgorithm::Sha512 : OtpAlgorithm::Sha1;
}

}  // namespace

std::vector<std::string> methods_of(Factor factor) {
  if (factor == Factor::Password) return {"pwd"};
  return {"pwd", factor == Factor::Sms ? "sms" : "otp", "mfa"};
}

Result<TotpKey> totp_key(const TotpEnrolment& enrolment) {
  auto secret = TotpSecret::parse(base32_encode(enrolment.secret.reveal()));
  if (!secret) return fail(ErrorKind::Corrupt, "a TOTP secret has no sensible length");
  TotpKey key{std::move(*secret), {algorithm_of(enrolment.algorithm), enrolment.digits}};
  if (!validate(key.params)) return fail(ErrorKind::Corrupt, "a TOTP code has no sensible length");
  return key;
}

// The number counts beside TOTP only, the mailbox by itself; both must have been verified.
Result<FactorCheck::Choice> FactorCheck::choice_of(const User& user) {
  const auto factors = parts_.store.find(user.id);
  if (!factors) return fail(factors);
  Choice choice{.enrolled = factors->any()};
  if (!choice.enrolled) return choice;
  if (factors->has_totp()) choice.methods.emplace_back(to_string(Factor::Totp));
  if (factors->email_otp && user.email_verified && parts_.post.can_email())
    choice.methods.emplace_back(to_string(Factor::Email));
  if (factors->sms_otp && factors->has_totp() && user.phone_verified && parts_.post.can_sms())
    choice.methods.emplace_back(to_string(Factor::Sms));
  const auto codes = parts_.store.backup_codes(user.id);
  if (!codes) return fail(codes);
  const auto unused = [](const StoredBackupCode& code) { return code.used_at == WallTime{}; };
  if (std::ranges::any_of(*codes, unused)) choice.methods.emplace_back(to_string(Factor::BackupCode));
  return choice;
}

Result<std::optional<FactorProof>> FactorCheck::compare(const User& user, const Challenge& challenge,
                                                        Factor factor, const std::string& code) {
  switch (factor) {
    case Factor::Totp:
      return compare_totp(user, code);
    case Factor::BackupCode:
      return compare_backup_code(user, code);
    case Factor::Email:
      return compare_sent(challenge, OtpChannel::Email, code);
    case Factor::Sms:
      return compare_sent(challenge, OtpChannel::Sms, code);
    case Factor::Password:
      break;
  }
  return std::nullopt;
}

Result<std::optional<FactorProof>> FactorCheck::compare_totp(const User& user, const std::string& code) {
  const auto factors = parts_.store.find(user.id);
  if (!factors) return fail(factors);
  if (!factors->has_totp()) return std::nullopt;
  const auto key = totp_key(factors->totp);
  if (!key) return fail(key);
  const auto step = verify_totp(*key, code, parts_.clock.wall(), factors->totp_last_step,
                                parts_.settings.current()->config.second_factors.window);
  if (!step) return std::nullopt;
  return TotpStepProof{*step};
}

/// One that was used is compared too: used and wrong take the same time.
Result<std::optional<FactorProof>> FactorCheck::compare_backup_code(const User& user,
                                                                    const std::string& code) {
  const auto typed = BackupCode::parse(code);
  if (!typed) return std::nullopt;
  const auto codes = parts_.store.backup_codes(user.id);
  if (!codes) return fail(codes);
  const auto stored = std::ranges::find(*codes, typed->slot(), &StoredBackupCode::slot);
  if (stored == codes->end()) return std::nullopt;
  const auto matches = typed->matches(stored->hash);
  if (!matches) return fail(matches);
  if (!*matches || stored->used_at != WallTime{}) return std::nullopt;
  return BackupCodeProof{*stored};
}

std::optional<FactorProof> FactorCheck::compare_sent(const Challenge& challenge, OtpChannel channel,
                                                     const std::string& code) const {
  const OtpRecord record{.hash = challenge.channel == to_string(channel) ? challenge.code_hash : "",
                         .issued_at = challenge.code_issued_at(),
                         .tries = challenge.tries,
                         .spent = challenge.used_at != WallTime{}};
  const auto state = judge(record, sent_code_hash(challenge, channel, code), parts_.clock.wall(),
                           parts_.settings.current()->config.codes);
  if (record.hash.empty() || state != OtpState::Accepted) return std::nullopt;
  return SentCodeProof{};
}

Result<bool> FactorCheck::spend(const User& user, const FactorProof& proof) {
  if (const auto* totp = std::get_if<TotpStepProof>(&proof))
    return parts_.store.spend_totp_step(user.id, totp->step);
  if (const auto* backup = std::get_if<BackupCodeProof>(&proof))
    return parts_.store.use_backup_code(user.id, backup->code, parts_.clock.wall());
  return true;
}

std::string FactorCheck::sent_code_hash(const Challenge& challenge, OtpChannel channel,
                                        const std::string& code) const {
  return hash_otp(pepper_, {challenge.id_hash, channel, challenge.user_id}, code);
}

}  // namespace picket::authd
