#include "authd/login/code_check.h"

#include "authd/login/letters.h"
#include "authd/login/login_refused.h"

namespace picket::authd {

Result<Refusal> CodeCheck::ask(const CodeQuestion& question, const Compare& compare) {
  const auto approach = parts_.devices.approach(question.user.id, question.client);
  if (!approach) return fail(approach);
  auto entered = parts_.gate.enter(approach->claimant, question.patience);
  if (!entered) return fail(entered);
  if (entered->turned_away) return fail(limited_error(*entered->turned_away));
  AttemptNote note{question.action, question.factor, Refusal::Locked, question.user.id};
  if (entered->ticket) {
    const auto tried = try_once(question, compare, std::move(*entered->ticket));
    if (!tried) return fail(tried);
    note.refusal = *tried;
  } else {
    if (entered->verdict == LockVerdict::Stopped) note.refusal = Refusal::Stopped;
    if (const auto charged = parts_.gate.charge(approach->claimant); !charged) return fail(charged);
  }
  if (const auto noted = parts_.journal.attempt(note, question.client); !noted) return fail(noted);
  return note.refusal;
}

/// A code alone ends no count.
Result<Refusal> CodeCheck::try_once(const CodeQuestion& question, const Compare& compare,
                                    AttemptGate::Ticket ticket) {
  auto tried = compare();
  if (!tried || *tried == Refusal::None || *tried == Refusal::Exhausted) {
    ticket.passed();
    return tried;
  }
  const auto locked = ticket.failed();
  if (!locked) return fail(locked);
  if (*locked) tell_of_lock(question.user, question.client);
  return tried;
}

void CodeCheck::tell_of_lock(const User& user, const Client& client) {
  if (!parts_.settings.current()->config.mail_on.lock) return;
  parts_.post.notify(lock_letter({parts_.post.service(), user, client, parts_.clock.wall()}));
}

}  // namespace picket::authd
