#include "authd/login/enrolment.h"

#include "authd/login/factor_check.h"
#include "authd/login/letters.h"
#include "authd/totp/enrolment.h"

namespace picket::authd {
namespace {

std::string_view name_of(OtpAlgorithm algorithm) {
  switch (algorithm) {
    case OtpAlgorithm::Sha256:
      return "SHA256";
    case OtpAlgorithm::Sha512:
      return "SHA512";
    case OtpAlgorithm::Sha1:
      break;
  }
  return "SHA1";
}

Result<void> check_not_last(const User& user, bool others) {
  if (others || user.role < Role::Admin) return {};
  return fail(ErrorKind::Denied, fmt::format("the role {} needs a second factor", to_string(user.role)));
}

}  // namespace

Result<TotpOffer> Enrolment::begin_totp(const User& user) {
  const auto rules = parts_.settings.current();
  const SecondFactorConfig& config = rules->config.second_factors;
  const TotpKey key{TotpSecret::generate(parts_.random), config.totp};
  const auto begun = parts_.factors.begin_totp(
      user.id, {Secret(key.secret.bytes()), std::string(name_of(key.params.algorithm)), key.params.digits});
  if (!begun) return fail(begun);
  if (!*begun) return fail(ErrorKind::Conflict, "an authenticator app is set up already");
  const std::string uri = otpauth_uri(key, config.issuer, user.username);
  auto svg = qr_svg(uri, "QR code for the authenticator app");
  if (!svg) return fail(svg);
  return TotpOffer{Secret(key.secret.base32()), Secret(uri), Secret(std::move(*svg))};
}

Result<std::vector<std::string>> Enrolment::confirm_totp(const User& user, const std::string& code,
                                                         const LoginContext& context) {
  if (const auto right = check_totp_code(user, code, context); !right) return fail(right);
  const auto codes = parts_.factors.backup_codes(user.id);
  if (!codes) return fail(codes);
  auto fresh = codes->empty() ? make_backup_codes(user) : Result<std::vector<std::string>>();
  if (!fresh) return fresh;
  const auto done =
      changed(user, "factors.totp_confirmed", "An authenticator app was set up", context.client);
  if (!done) return fail(done);
  return fresh;
}

Result<void> Enrolment::check_totp_code(const User& user, const std::string& code,
                                        const LoginContext& context) {
  const CodeQuestion question{"factors.confirm_totp", Factor::Totp, user, context.client, context.patience()};
  const auto refusal = parts_.codes.ask(question, [&] { return try_totp_code(user, code); });
  if (!refusal) return fail(refusal);
  if (*refusal == Refusal::None) return {};
  return fail(ErrorKind::Denied, "the code is wrong");
}

Result<Refusal> Enrolment::try_totp_code(const User& user, const std::string& code) {
  const auto factors = parts_.factors.find(user.id);
  if (!factors) return fail(factors);
  if (factors->totp.secret.empty() || factors->has_totp()) return Refusal::Malformed;
  const auto key = totp_key(factors->totp);
  if (!key) return fail(key);
  const auto rules = parts_.settings.current();
  const auto step = verify_totp(*key, code, parts_.clock.wall(), factors->totp_last_step,
                                rules->config.second_factors.window);
  if (!step) return Refusal::Wrong;
  const auto confirmed = parts_.factors.confirm_totp(user.id, *step, parts_.clock.wall());
  if (!confirmed) return fail(confirmed);
  return *confirmed ? Refusal::None : Refusal::Spent;
}

Result<std::vector<std::string>> Enrolment::make_backup_codes(const User& user) {
  const int count = parts_.settings.current()->config.second_factors.backup_codes;
  std::vector<std::string> shown;
  std::vector<StoredBackupCode> stored;
  for (const BackupCode& code : BackupCode::generate(count, parts_.random)) {
    const auto hash = code.hash(parts_.random);
    if (!hash) return fail(hash);
    shown.push_back(code.text());
    stored.push_back({.slot = code.slot(), .hash = *hash});
  }
  const auto replaced = parts_.factors.replace_backup_codes(user.id, stored);
  if (!replaced) return fail(replaced);
  return shown;
}

Result<void> Enrolment::set_email(const User& user, bool on, const Client& client) {
  const auto factors = parts_.factors.find(user.id);
  if (!factors) return fail(factors);
  if (on && !user.email_verified) return fail(ErrorKind::InvalidInput, "the mail address is not verified");
  if (on && !parts_.post.can_email()) return fail(ErrorKind::InvalidInput, "mail is not set up here");
  if (!on) {
    if (auto may = check_not_last(user, factors->has_totp()); !may) return may;
  }
  if (factors->email_otp == on) return {};
  if (auto set = parts_.factors.set_email_otp(user.id, on); !set) return set;
  return changed(user, on ? "factors.email_on" : "factors.email_off",
                 on ? "Codes by mail were turned on" : "Codes by mail were turned off", client);
}

Result<void> Enrolment::set_sms(const User& user, bool on, const Client& client) {
  const auto factors = parts_.factors.find(user.id);
  if (!factors) return fail(factors);
  if (on && !user.phone_verified) return fail(ErrorKind::InvalidInput, "the phone number is not verified");
  if (on && !factors->has_totp()) return fail(ErrorKind::Conflict, "set up an authenticator app first");
  if (on && !parts_.post.can_sms()) return fail(ErrorKind::InvalidInput, "SMS is not set up here");
  if (factors->sms_otp == on) return {};
  if (auto set = parts_.factors.set_sms_otp(user.id, on); !set) return set;
  return changed(user, on ? "factors.sms_on" : "factors.sms_off",
                 on ? "Codes by SMS were turned on" : "Codes by SMS were turned off", client);
}

Result<void> Enrolment::remove_totp(const User& user, const Client& client) {
  const auto factors = parts_.factors.find(user.id);
  if (!factors) return fail(factors);
  if (factors->has_totp()) {
    if (auto may = check_not_last(user, factors->email_otp); !may) return may;
  }
  const auto removed = parts_.factors.remove_totp(user.id);
  if (!removed) return fail(removed);
  if (!*removed) return fail(ErrorKind::NotFound, "no authenticator app is set up");
  return changed(user, "factors.totp_removed", "The authenticator app was removed", client);
}

Result<std::vector<std::string>> Enrolment::renew_backup_codes(const User& user, const Client& client) {
  const auto factors = parts_.factors.find(user.id);
  if (!factors) return fail(factors);
  if (!factors->any()) return fail(ErrorKind::Conflict, "set up a second factor first");
  auto codes = make_backup_codes(user);
  if (!codes) return codes;
  const auto done = changed(user, "factors.backup_codes_renewed", "New backup codes were made", client);
  if (!done) return fail(done);
  return codes;
}

Result<void> Enrolment::reset(const User& user, const std::string& administrator, const Client& client) {
  // Nothing is taken that cannot be written down, and nothing is written down as done before it is.
  auto begun = parts_.journal.change({"factors.reset_begun", administrator, user.id, {}}, client);
  if (!begun) return begun;
  auto removed = parts_.factors.remove_all(user.id);
  auto noted = parts_.journal.change(
      {"factors.reset", administrator, user.id, {}, removed ? "success" : "failed"}, client);
  if (!removed) return removed;
  if (!noted) return noted;
  tell(user, "An administrator has reset your second factors", client);
  return end_sessions(user);
}

Result<void> Enrolment::changed(const User& user, std::string_view action, std::string_view what,
                                const Client& client) {
  tell(user, what, client);
  auto noted = parts_.journal.change({action, user.id, user.id, {}}, client);
  return noted ? end_sessions(user) : noted;
}

void Enrolment::tell(const User& user, std::string_view what, const Client& client) {
  if (parts_.settings.current()->config.mail_on.change)
    parts_.post.notify(change_letter({parts_.post.service(), user, client, parts_.clock.wall()}, what));
}

/// They are dead by the epoch; the lists are to show it.
Result<void> Enrolment::end_sessions(const User& user) {
  const auto ended = parts_.sessions.revoke_all(user.id, {"factor_change", parts_.clock.wall()}, "");
  return ended ? Result<void>() : fail(ended);
}

}  // namespace picket::authd
