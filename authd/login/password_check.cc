#include "authd/login/password_check.h"

#include "authd/address/address_prefix.h"
#include "authd/names/login_name.h"
#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

constexpr std::size_t kStandInLetters = 32;

}  // namespace

PasswordCheck::PasswordCheck(PasswordCheckParts parts, const KdfPoolConfig& pool, Secret stand_ins)
    : parts_(parts),
      stand_ins_(std::move(stand_ins)),
      times_(pool.first_estimate, parts.clock, parts.random) {}

/// A name that cannot be one is looked up all the same, as one that nobody has.
Result<PasswordCheck::Subject> PasswordCheck::find_by_name(const PasswordQuestion& question) {
  const auto name = parse_login_name(question.name);
  const std::string key = name ? name->key : "";
  auto user = parts_.accounts.find_by_key(key);
  if (!user) return fail(user);
  const std::string& counted = name ? key : question.name;
  const std::string stand_in = hex_encode(hmac_sha256(stand_ins_.reveal(), counted));
  Subject subject{.user = std::move(*user), .account = "name-" + stand_in.substr(0, kStandInLetters)};
  if (subject.user) subject.account = subject.user->id;
  return subject;
}

PasswordOutcome PasswordCheck::ask_name(const PasswordQuestion& question) {
  return ask(find_by_name(question), question);
}

PasswordOutcome PasswordCheck::ask_user(const std::string& user_id, const PasswordQuestion& question) {
  auto user = parts_.accounts.find(user_id);
  if (!user) return ask(fail(user), question);
  return ask(Subject{.user = std::move(*user), .account = user_id}, question);
}

PasswordOutcome PasswordCheck::ask(Result<Subject> subject, const PasswordQuestion& question) {
  if (!subject) return refuse({}, question, Refusal::Unavailable);
  // No account has such a password, so that its answer may be quick for all of them.
  if (!OpaqueString::prepare(question.password)) return refuse(*subject, question, Refusal::Malformed);
  auto approach = parts_.devices.approach(subject->account, question.client);
  if (!approach) return refuse(*subject, question, Refusal::Unavailable);
  subject->approach = std::move(*approach);
  auto entered = parts_.gate.enter(subject->approach.claimant, question.patience);
  if (!entered) {
    const bool waited = entered.error().kind == ErrorKind::Timeout;
    return refuse(*subject, question, waited ? Refusal::Busy : Refusal::Unavailable);
  }
  if (entered->turned_away) return turn_away(*subject, question, std::move(*entered->turned_away));
  if (!entered->ticket) return refuse_locked(*subject, question, entered->verdict);
  return ask_let_in(std::move(*subject), question, std::move(*entered->ticket));
}

PasswordOutcome PasswordCheck::ask_let_in(Subject subject, const PasswordQuestion& question,
                                          AttemptGate::Ticket ticket) {
  const auto password = OpaqueString::prepare(question.password);
  const PasswordHash hash = hash_of(subject);
  KdfTicket place = kdf_ticket(question.client, question.patience, subject.is_known());
  place.algorithm = hash.algorithm();
  const MonoTime begun = parts_.clock.mono();
  const auto matches = parts_.pool.run(place, [&] { return hash.verify(*password); });
  if (!matches || !*matches) {
    ticket.passed();
    if (!matches) return refuse_for_now(subject, question, matches.error());
    return refuse(subject, question, Refusal::Unavailable);
  }
  times_.took(parts_.clock.mono() - begun);
  const Refusal bar = bar_to(subject, question.client);
  if (**matches && bar == Refusal::None) {
    if (hash.needs_rehash(parts_.settings.current()->config.hashing))
      rehash(*subject.user, *password, question);
    return PasswordProof{std::move(*subject.user), std::move(subject.approach.device), std::move(ticket)};
  }
  const auto locked = ticket.failed(bar == Refusal::OwnerNetwork ? Blame::WayInAlone : Blame::Account);
  if (!locked) return refuse(subject, question, Refusal::Unavailable);
  PasswordRefused refused = refuse(subject, question, bar == Refusal::None ? Refusal::Wrong : bar);
  if (*locked) refused.locked = std::move(subject.user);
  return refused;
}

/// As long, as many writes, the same answer; and Busy, for as long, where a hash would have been refused.
PasswordRefused PasswordCheck::refuse_locked(const Subject& subject, const PasswordQuestion& question,
                                             LockVerdict verdict) {
  const auto refusal =
      parts_.pool.would_refuse(kdf_ticket(question.client, question.patience, subject.is_known()));
  if (refusal) return refuse_for_now(subject, question, *refusal);
  times_.wait_for_one(question.patience);
  if (!parts_.gate.charge(subject.approach.claimant)) return refuse(subject, question, Refusal::Unavailable);
  const bool stopped = verdict == LockVerdict::Stopped;
  return refuse(subject, question, stopped ? Refusal::Stopped : Refusal::Locked);
}

PasswordRefused PasswordCheck::refuse(const Subject& subject, const PasswordQuestion& question,
                                      Refusal reason) {
  const auto noted = parts_.journal.attempt(
      {.action = question.action, .refusal = reason, .account = subject.account}, question.client);
  PasswordRefused refused{.reason = noted ? reason : Refusal::Unavailable};
  if (reason == Refusal::Busy) refused.answer = {LoginRefused::Kind::Busy, std::chrono::seconds(1)};
  if (refused.reason == Refusal::Unavailable) refused.answer.kind = LoginRefused::Kind::Unavailable;
  return refused;
}

PasswordRefused PasswordCheck::turn_away(const Subject& subject, const PasswordQuestion& question,
                                         GateAnswer answer) {
  PasswordRefused refused = refuse(subject, question, Refusal::Limited);
  refused.answer = turned_away_by(std::move(answer));
  return refused;
}

PasswordRefused PasswordCheck::refuse_for_now(const Subject& subject, const PasswordQuestion& question,
                                              const KdfRefusal& refusal) {
  const bool nobody_waits =
      refusal.reason == KdfRejection::CallerGone || refusal.reason == KdfRejection::Stopping;
  PasswordRefused refused = refuse(subject, question, nobody_waits ? Refusal::Unavailable : Refusal::Busy);
  refused.answer.retry_after = refusal.retry_after;
  return refused;
}

KdfTicket PasswordCheck::kdf_ticket(const Client& client, const Patience& patience, bool known_device) const {
  return {.share_key = client_network(client.address).text(),
          .known_device = known_device,
          .algorithm = parts_.settings.current()->config.hashing.algorithm,
          .deadline = patience.deadline,
          .caller_gone = patience.gone};
}

/// Why no password lets him in, from there; None when the right one does.
Refusal PasswordCheck::bar_to(const Subject& subject, const Client& client) const {
  if (!subject.user) return Refusal::Unknown;
  if (subject.user->status != Status::Active) return Refusal::Suspended;
  if (subject.user->password_hash.empty()) return Refusal::Wrong;
  const auto rules = parts_.settings.current();
  const bool is_elsewhere = rules->config.owners.keep_out(subject.user->role, client.address);
  return is_elsewhere ? Refusal::OwnerNetwork : Refusal::None;
}

/// His, or one that no password has: of the same cost, unless his is an imported one.
PasswordHash PasswordCheck::hash_of(const Subject& subject) {
  if (subject.user) {
    if (auto stored = PasswordHash::parse(subject.user->password_hash)) return std::move(*stored);
  }
  return PasswordHash::decoy(parts_.settings.current()->config.hashing, parts_.random);
}

/// With the parameters of today, while the password is at hand. The old hash stays good if that fails.
void PasswordCheck::rehash(User& user, const OpaqueString& password, const PasswordQuestion& question) {
  const auto made = hash(password, question.client, question.patience);
  if (!made) return;
  const auto stored = parts_.accounts.rehash(user.id, user.password_hash, *made);
  if (!stored || !*stored) return;
  user.password_hash = *made;
  ++user.version;
}

Result<std::string> PasswordCheck::hash(const OpaqueString& password, const Client& client,
                                        const Patience& patience) {
  const auto rules = parts_.settings.current();
  const auto made = parts_.pool.run(kdf_ticket(client, patience, false), [&] {
    return PasswordHash::make(password, rules->config.hashing, parts_.random);
  });
  if (!made) return fail(made.error().to_error());
  if (!*made) return fail(*made);
  return (*made)->text();
}

}  // namespace picket::authd
