#include "alertd/dispatch/flush_commit.h"

#include "alertd/dispatch/dispatch_store.h"

namespace picket::alertd {
namespace {

/// The superseded message may have arrived: what it said may be known.
void tell_perhaps(const FlushInput& input, TargetChange& change) {
  const WaitingNotification& before = *input.targets.at(change.integration).at(change.target).waiting;
  if (!change.after.last) change.after.last = LastNotification{.firing = {}, .at = before.at};
  change.after.last->firing.insert(before.firing.begin(), before.firing.end());
}

Result<void> commit_change(sql::Session& session, Outbox& outbox, const FlushInput& input,
                           TargetChange& change) {
  change.after = change.decided;  // anew: a transaction may run twice
  if (change.message) {
    if (!change.waiting.empty()) {
      const Result<bool> maybe_told = outbox.supersede(session, change.waiting);
      if (!maybe_told) return fail(maybe_told);
      if (*maybe_told) tell_perhaps(input, change);
    }
    const Result<std::string> id = outbox.put(session, *change.message);
    if (!id) return fail(id);
    change.after.waiting->delivery = *id;
  }
  return DispatchStore::put_target(session, {input.group_key, change.integration, change.target},
                                   change.after, change.waiting);
}

}  // namespace

Result<void> store_flush(sql::Session& session, Outbox& outbox, PreparedFlush& prepared) {
  auto& [input, output, homeless, next_flush] = prepared;
  for (const Alert& alert : homeless) {
    if (Result<void> removed = DispatchStore::remove_ended(session, alert); !removed) return removed;
  }
  if (output.ended.size() == input.alerts.size())
    return DispatchStore::remove_group(session, input.group_key);
  Result<void> done = DispatchStore::put_group(session, input.group_key, next_flush);
  if (!done) return done;
  for (TargetChange& change : output.changes) {
    if (done = commit_change(session, outbox, input, change); !done) return done;
  }
  for (const auto& [integration, target] : output.gone) {
    done = DispatchStore::remove_target(session, {input.group_key, integration, target});
    if (!done) return done;
  }
  return {};
}

Result<void> remove_rerouted(sql::Session& session, Outbox& outbox, const std::string& group_key) {
  if (Result<void> ended = outbox.supersede_group(session, group_key); !ended) return ended;
  return DispatchStore::remove_group(session, group_key);
}

}  // namespace picket::alertd
