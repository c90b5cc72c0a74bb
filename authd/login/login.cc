#include "authd/login/login.h"

#include <algorithm>

#include "authd/address/address_prefix.h"
#include "authd/login/challenges.h"
#include "authd/login/code_check.h"
#include "authd/login/letters.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::string_view kLogin = "auth.login";
constexpr std::string_view kChallenge = "auth.challenge";
constexpr std::string_view kConfirm = "auth.confirm_password";
constexpr std::string_view kConfirmCode = "auth.confirm_code";
constexpr std::string_view kDeviceMethod = "device";
constexpr int kSessionsLookedAt = 100;
constexpr int kNearIpv4 = 24;
constexpr int kNearIpv6 = 48;

LoginRefused unavailable() {
  return {.kind = LoginRefused::Kind::Unavailable};
}

bool needs_two_factors(Role role) {
  return role >= Role::Admin;
}

/// A neighbourhood, so that a new lease of the same provider is no news.
std::string neighbourhood(const IpAddress& address) {
  const bool is_v4 = address.unmapped().family() == IpAddress::Family::V4;
  return network_of(address, is_v4 ? kNearIpv4 : kNearIpv6).text();
}

}  // namespace

LoginOutcome Login::begin(const Credentials& credentials, const LoginContext& context) {
  if (context.is_foreign()) return refuse_foreign(context);
  auto outcome = parts_.passwords.ask_name({.action = kLogin,
                                            .name = credentials.name,
                                            .password = credentials.password,
                                            .client = context.client,
                                            .patience = context.patience()});
  if (auto* refused = std::get_if<PasswordRefused>(&outcome)) return tell(std::move(*refused), context);
  return after_password(std::move(std::get<PasswordProof>(outcome)), context);
}

LoginOutcome Login::after_password(PasswordProof proof, const LoginContext& context) {
  const auto choice = parts_.factors.choice_of(proof.user);
  if (!choice) {
    proof.ticket.passed();
    return refuse({.action = kLogin, .refusal = Refusal::Unavailable}, context);
  }
  const bool is_strict = needs_two_factors(proof.user.role);
  const bool remembers = parts_.settings.current()->config.second_factors.remember_devices;
  if (choice->enrolled && (is_strict || !remembers || !proof.device)) {
    proof.ticket.passed();
    return ask_second(proof.user, choice->methods, context);
  }
  Arrival arrival{.user = std::move(proof.user),
                  .device = std::move(proof.device),
                  .methods = methods_of(Factor::Password),
                  .must_enrol = is_strict};
  if (choice->enrolled) arrival.methods.emplace_back(kDeviceMethod);
  return arrive(arrival, std::move(proof.ticket), context);
}

LoginOutcome Login::ask_second(const User& user, std::vector<std::string> methods,
                               const LoginContext& context) {
  const auto mailbox = std::ranges::find(methods, to_string(Factor::Email));
  if (mailbox != methods.end()) {
    const auto distrusted = parts_.challenges.distrusts_mailbox(user);
    if (!distrusted) return refuse({.action = kChallenge, .refusal = Refusal::Unavailable}, context);
    if (*distrusted) methods.erase(mailbox);
  }
  auto required = parts_.challenges.begin(user, std::move(methods), context.client);
  if (!required) return refuse({.action = kChallenge, .refusal = Refusal::Unavailable}, context);
  const auto rules = parts_.settings.current();
  const SecondFactorConfig& config = rules->config.second_factors;
  if (config.remember_devices && !needs_two_factors(user.role)) required->remember_for = config.remember_for;
  const auto noted = parts_.journal.attempt({.action = kChallenge, .account = user.id}, context.client);
  if (!noted || !send_if_asked_first(*required, context)) return unavailable();
  return std::move(*required);
}

/// Whoever is asked for a code by mail before anything else gets it unasked; further ones by send_code().
Result<void> Login::send_if_asked_first(SecondFactorRequired& required, const LoginContext& context) {
  const std::string_view email = to_string(Factor::Email);
  if (required.methods.empty() || required.methods.front() != email) return {};
  required.code_sent = email;
  return send_code(required.challenge.reveal(), email, context);
}

LoginOutcome Login::complete(const SecondFactorAnswer& answer, const LoginContext& context) {
  if (context.is_foreign()) return refuse_foreign(context);
  const auto factor = parse_second_factor(answer.method);
  if (!factor)
    return refuse({.action = kLogin, .factor = Factor::Totp, .refusal = Refusal::Malformed}, context);
  const auto open = parts_.challenges.find(answer.challenge);
  if (!open) return refuse({.action = kLogin, .factor = *factor, .refusal = Refusal::Unavailable}, context);
  if (!*open) return refuse({.action = kLogin, .factor = *factor, .refusal = Refusal::Expired}, context);
  const auto& methods = (*open)->challenge.methods;
  if (std::ranges::find(methods, answer.method) == methods.end()) {
    return refuse({kLogin, *factor, Refusal::Malformed, (*open)->user.id}, context);
  }
  return this->answer(**open, *factor, answer, context);
}

/// One gate for all factors, all challenges and the password: a new challenge gives no new tries.
LoginOutcome Login::answer(const OpenChallenge& open, Factor factor, const SecondFactorAnswer& answer,
                           const LoginContext& context) {
  const auto refused = [&](Refusal reason) {
    return refuse({kLogin, factor, reason, open.user.id}, context);
  };
  auto approach = parts_.devices.approach(open.user.id, context.client);
  if (!approach) return refused(Refusal::Unavailable);
  auto entered = parts_.gate.enter(approach->claimant, context.patience());
  if (!entered)
    return refused(entered.error().kind == ErrorKind::Timeout ? Refusal::Busy : Refusal::Unavailable);
  if (entered->turned_away) {
    static_cast<void>(refused(Refusal::Limited));
    return turned_away_by(std::move(*entered->turned_away));
  }
  if (!entered->ticket) {
    if (!parts_.gate.charge(approach->claimant)) return refused(Refusal::Unavailable);
    return refused(entered->verdict == LockVerdict::Locked ? Refusal::Locked : Refusal::Stopped);
  }
  const Refusal tried = try_factor(open, factor, answer.code, context.client).value_or(Refusal::Unavailable);
  if (tried != Refusal::None)
    return refused(end_try(std::move(*entered->ticket), tried, open.user, context.client));
  return arrive({.user = open.user,
                 .device = std::move(approach->device),
                 .factor = factor,
                 .methods = methods_of(factor),
                 .remember_device = answer.remember_device},
                std::move(*entered->ticket), context);
}

Refusal Login::end_try(AttemptGate::Ticket ticket, Refusal why, const User& user, const Client& client) {
  if (why == Refusal::Unavailable || why == Refusal::Exhausted) {  // whether the code is right is not known
    ticket.passed();
    return why;
  }
  const auto locked = ticket.failed(why == Refusal::OwnerNetwork ? Blame::WayInAlone : Blame::Account);
  if (!locked) return Refusal::Unavailable;
  if (*locked) parts_.codes.tell_of_lock(user, client);
  return why;
}

/// A try is taken before anything is compared; the challenge is spent before the code, so that a race for one
/// challenge costs one code.
Result<Refusal> Login::try_factor(const OpenChallenge& open, Factor factor, const std::string& code,
                                  const Client& client) {
  const auto counted = parts_.challenges.count_try(open);
  if (!counted) return fail(counted);
  if (!*counted) return Refusal::Exhausted;
  // The password may have been shown at home, and the code is shown elsewhere.
  if (parts_.settings.current()->config.owners.keep_out(open.user.role, client.address))
    return Refusal::OwnerNetwork;
  const auto proof = parts_.factors.compare(open.user, open.challenge, factor, code);
  if (!proof) return fail(proof);
  if (!*proof) return Refusal::Wrong;
  const auto used = parts_.challenges.use(open);
  if (!used) return fail(used);
  if (!*used) return Refusal::Spent;
  const auto spent = parts_.factors.spend(open.user, **proof);
  if (!spent) return fail(spent);
  if (!*spent) return Refusal::Spent;
  if (factor == Factor::Email) return Refusal::None;
  const auto trusted = parts_.challenges.trust_mailbox(open.user);
  return trusted ? Result<Refusal>(Refusal::None) : fail(trusted);
}

LoginOutcome Login::arrive(const Arrival& arrival, AttemptGate::Ticket ticket, const LoginContext& context) {
  const AttemptNote note{kLogin, arrival.factor, Refusal::None, arrival.user.id, join(arrival.methods, " ")};
  if (!parts_.journal.attempt(note, context.client)) {
    ticket.passed();
    return unavailable();
  }
  auto logged_in = let_in(arrival, context);
  if (!logged_in) {
    ticket.passed();
    return unavailable();
  }
  // The login is what it is: counts that stay for want of the store are only stricter.
  [[maybe_unused]] const auto forgiven = ticket.succeeded();
  return std::move(*logged_in);
}

Result<LoggedIn> Login::let_in(const Arrival& arrival, const LoginContext& context) {
  const auto rules = parts_.settings.current();
  const bool asks_news =
      rules->config.mail_on.new_client && !arrival.device && arrival.user.last_login_at != WallTime{};
  const auto is_new = asks_news ? is_new_client(arrival.user, context.client) : Result<bool>(false);
  if (!is_new) return fail(is_new);
  Client client = context.client;
  client.device_id = arrival.device ? arrival.device->id : "";
  auto grant = parts_.open_session({arrival.user, arrival.methods, context.mode, client});
  if (!grant) return fail(grant);
  LoggedIn logged_in{.grant = std::move(*grant), .must_enrol = arrival.must_enrol};
  if (const auto noted = note_arrival(arrival, client, logged_in); !noted) {
    const Revocation revocation{"not_given", parts_.clock.wall()};
    [[maybe_unused]] const auto ended = parts_.sessions.revoke(logged_in.grant.session.id, revocation);
    return fail(noted);
  }
  if (*is_new)
    parts_.post.notify(new_client_letter({parts_.post.service(), arrival.user, client, parts_.clock.wall()}));
  return logged_in;
}

/// What is known of the device and of the account from now on.
Result<void> Login::note_arrival(const Arrival& arrival, const Client& client, LoggedIn& logged_in) {
  const auto rules = parts_.settings.current();
  const SecondFactorConfig& config = rules->config.second_factors;
  logged_in.device_mark = parts_.devices.mark(arrival.user.id, client, arrival.device);
  if (arrival.remember_device && config.remember_devices) {
    auto token = parts_.devices.remember(arrival.user.id, client, config.remember_for);
    if (!token) return fail(token);
    logged_in.device_token = std::move(*token);
    logged_in.remembered_for = config.remember_for;
  }
  if (arrival.device) {
    if (auto seen = parts_.devices.touch(*arrival.device, client); !seen) return seen;
  }
  return parts_.accounts.record_login(arrival.user.id, parts_.clock.wall());
}

/// No live session of his has both this browser and this neighbourhood.
Result<bool> Login::is_new_client(const User& user, const Client& client) {
  const auto live = parts_.sessions.list_live(user.id, parts_.clock.wall(), kSessionsLookedAt);
  if (!live) return fail(live);
  const std::string here = neighbourhood(client.address);
  return std::ranges::none_of(*live, [&](const Session& session) {
    const auto address = IpAddress::parse(session.ip);
    return session.user_agent == client.user_agent && address && neighbourhood(*address) == here;
  });
}

LoginRefused Login::refuse(const AttemptNote& note, const LoginContext& context) {
  const auto noted = parts_.journal.attempt(note, context.client);
  if (!noted || note.refusal == Refusal::Unavailable) return unavailable();
  if (note.refusal == Refusal::Busy)
    return {.kind = LoginRefused::Kind::Busy, .retry_after = std::chrono::seconds(1)};
  return {.begin_again = note.refusal == Refusal::Expired || note.refusal == Refusal::Exhausted};
}

LoginRefused Login::refuse_foreign(const LoginContext& context) {
  LoginRefused refused = refuse({.action = kLogin, .refusal = Refusal::Foreign, .account = ""}, context);
  if (refused.kind == LoginRefused::Kind::Unavailable) return refused;
  return {.kind = LoginRefused::Kind::Foreign};
}

LoginRefused Login::tell(PasswordRefused refused, const LoginContext& context) {
  if (refused.locked) parts_.codes.tell_of_lock(*refused.locked, context.client);
  return refused.answer;
}

void Login::tell_of_reuse(const std::string& user_id, const Client& client) {
  if (!parts_.settings.current()->config.mail_on.reuse) return;
  parts_.post.later([this, user_id, client, at = parts_.clock.wall()]() -> Result<void> {
    const auto user = parts_.accounts.find(user_id);
    if (!user) return fail(user);
    if (*user) parts_.post.notify(reuse_letter({parts_.post.service(), **user, client, at}));
    return {};
  });
}

Result<void> Login::send_code(std::string_view challenge, std::string_view method,
                              const LoginContext& context) {
  const auto open = parts_.challenges.find(challenge);
  if (!open) return fail(open);
  if (!*open) return {};
  return parts_.challenges.send_code(**open, method, context.client);
}

Result<void> Login::confirm_password(const User& user, const std::string& password,
                                     const LoginContext& context) {
  auto outcome = parts_.passwords.ask_user(
      user.id,
      {.action = kConfirm, .password = password, .client = context.client, .patience = context.patience()});
  if (auto* refused = std::get_if<PasswordRefused>(&outcome)) {
    const LoginRefused answer = tell(std::move(*refused), context);
    if (answer.kind == LoginRefused::Kind::Denied) return fail(ErrorKind::Denied, "the password is wrong");
    if (answer.turned_away) return fail(limited_error(*answer.turned_away));
    return fail(ErrorKind::Unavailable, "the password cannot be checked now");
  }
  auto& proof = std::get<PasswordProof>(outcome);
  // Where more is asked for at a login, the password alone ends no count.
  if (proof.user.has_second_factor) {
    proof.ticket.passed();
  } else if (auto forgiven = proof.ticket.succeeded(); !forgiven) {
    return forgiven;
  }
  return parts_.journal.attempt({.action = kConfirm, .account = user.id}, context.client);
}

Result<Refusal> Login::spend_app_code(const User& user, const std::string& code) {
  const auto proof = parts_.factors.compare(user, Challenge{}, Factor::Totp, code);
  if (!proof) return fail(proof);
  if (!*proof) return Refusal::Wrong;
  const auto spent = parts_.factors.spend(user, **proof);
  if (!spent) return fail(spent);
  return *spent ? Refusal::None : Refusal::Spent;
}

Result<void> Login::confirm_code(const User& user, const std::string& code, const LoginContext& context) {
  const CodeQuestion question{kConfirmCode, Factor::Totp, user, context.client, context.patience()};
  const auto refusal = parts_.codes.ask(question, [&] { return spend_app_code(user, code); });
  if (!refusal) return fail(refusal);
  if (*refusal == Refusal::None) return {};
  return fail(ErrorKind::Denied, "the code is wrong");
}

}  // namespace picket::authd
