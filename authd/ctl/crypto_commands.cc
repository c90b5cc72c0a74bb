#include "authd/ctl/crypto_commands.h"

#include <functional>

#include "authd/secrets/private_file.h"
#include "authd/store/seal_check.h"
#include "base/text/table.h"

namespace picket::authd {
namespace {

constexpr int kBatch = 500;
constexpr unsigned kPrivate = 0600;

/// Reads the file of the sealing keys, lets `change` act, writes it.
Result<void> change_keys(Workplace& place, const std::function<Result<void>(SealingKeys&)>& change) {
  const auto path = sealing_keys_file(place.secret_sources(), place.files());
  if (!path) return fail(path);
  const auto text = read_private_file(place.files(), *path);
  if (!text) return fail(text);
  auto keys = SealingKeys::parse(*text);
  if (!keys) return fail(keys, *path);
  if (auto changed = change(*keys); !changed) return changed;
  return place.files().write_atomic(*path, keys->text().reveal(), kPrivate);
}

Result<void> activate(Workplace& place, const std::string& key_id) {
  const auto changed = change_keys(place, [&](SealingKeys& keys) { return keys.activate(key_id); });
  const auto noted = place.audited({"crypto.activate_key", "sealing_key:" + key_id, {}}, changed);
  if (!noted) return fail(noted);
  return place.reload_secrets();
}

Result<ResealReport> reseal_all(Workplace& place, Terminal& terminal) {
  ResealReport all;
  while (!all.finished) {
    const auto batch = place.stores().resealer().reseal(kBatch);
    if (!batch) return fail(batch, fmt::format("after {} values", all.resealed));
    all.resealed += batch->resealed;
    all.unreadable = batch->unreadable;  // each batch meets them again
    all.finished = batch->finished;
    if (!all.finished) terminal.err << "sealed " << all.resealed << " values anew ...\n";
  }
  return all;
}

}  // namespace

Result<int> crypto_add_key(Workplace& place, const CtlArguments&, Terminal& terminal) {
  std::string id;
  const auto changed = change_keys(place, [&](SealingKeys& keys) {
    id = keys.add(place.random());
    return Result<void>();
  });
  const auto noted = place.audited({"crypto.add_key", id.empty() ? "" : "sealing_key:" + id, {}}, changed);
  if (!noted) return fail(noted);
  terminal.out << id << "\n";
  terminal.err
      << "Added; it opens and does not seal yet. Now copy the file to every replica, restart each authd, and "
         "then:\n  authctl crypto rotate --to "
      << id << "\n";
  return kExitFine;
}

Result<int> crypto_rotate(Workplace& place, const CtlArguments& args, Terminal& terminal) {
  if (!args.key_id.empty()) {
    if (const auto changed = activate(place, args.key_id); !changed) return fail(changed);
  }
  const std::string active = place.stores().vault().active_key();
  const auto report = reseal_all(place, terminal);
  const std::string resealed = report ? std::to_string(report->resealed) : "";
  const auto noted =
      place.audited({"crypto.rotate", "sealing_key:" + active, {{"resealed", resealed}}}, report);
  if (!noted) return fail(noted);
  terminal.err << "sealed " << noted->resealed << " values anew with " << active << "; " << noted->unreadable
               << " do not open\n";
  if (!args.key_id.empty()) {
    terminal.err
        << "A running authd seals with the old key until it is restarted: restart it, rotate once more, and "
           "the old key can go when `authctl crypto verify` counts nothing under it.\n";
  }
  return noted->unreadable == 0 ? kExitFine : kExitFailed;
}

Result<int> crypto_accept_keys(Workplace& place, const CtlArguments&, Terminal& terminal) {
  const auto replaced = replace_key_marks(place.database(), place.mac_keys());
  const auto noted = place.audited({"crypto.accept_keys", "", {}}, replaced);
  if (!noted) return fail(noted);
  terminal.err
      << "api_key_key and otp_key at hand are the database's from now on. Where one is another than before, "
         "what was made with it works no more: API keys, or codes that are on their way. Copy both to every "
         "replica and restart those that run.\n";
  return kExitFine;
}

Result<int> crypto_verify(Workplace& place, const CtlArguments&, Terminal& terminal) {
  const auto counts = verify_seals(place.database(), place.stores().vault());
  if (!counts) return fail(counts);
  const std::string& active = place.stores().vault().active_key();
  TextTable table{{"KEY", "OPEN", "DO NOT OPEN", "SEALS NOW"}, {}};
  std::int64_t unreadable = 0;
  for (const auto& [key, count] : *counts) {
    table.rows.push_back(
        {key, std::to_string(count.opened), std::to_string(count.unreadable), key == active ? "yes" : "no"});
    unreadable += count.unreadable;
  }
  if (!counts->contains(active)) table.rows.push_back({active, "0", "0", "yes"});
  terminal.out << format_table(table);
  if (unreadable == 0) return kExitFine;
  terminal.err << unreadable << " values do not open: they were changed, moved, or their key is gone\n";
  return kExitFailed;
}

}  // namespace picket::authd
