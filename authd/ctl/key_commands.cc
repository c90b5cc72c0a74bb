#include "authd/ctl/key_commands.h"

#include "authd/keys/stored_ring.h"
#include "base/text/table.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

std::string time_text(WallTime time) {
  return time == WallTime{} ? "" : format_rfc3339(time);
}

std::string text_of(const KeyRing& ring) {
  TextTable table{{"STATE", "ALGORITHM", "KID", "MADE", "SIGNS SINCE", "RETIRED"}, {}};
  for (const RingKey& entry : ring.keys()) {
    table.rows.push_back({std::string(to_string(entry.state)),
                          std::string(to_string(entry.key.verify_key().algorithm())), entry.key.kid(),
                          time_text(entry.made_at), time_text(entry.active_since),
                          time_text(entry.retired_since)});
  }
  return format_table(table);
}

}  // namespace

Result<int> keys_list(Workplace& place, const CtlArguments&, Terminal& terminal) {
  const auto ring = StoredRing(place.stores().signing_keys()).read();
  if (!ring) return fail(ring);
  if (*ring) {
    terminal.out << text_of(**ring);
  } else {
    terminal.err << "There is no key yet: authd makes one when it starts, `authctl keys rotate` at once.\n";
  }
  return kExitFine;
}

Result<int> keys_rotate(Workplace& place, const CtlArguments&, Terminal& terminal) {
  const auto ring = StoredRing(place.stores().signing_keys())
                        .settled(place.config().tokens.keys, place.clock().wall(), RotationWish::Now);
  const std::string kid = ring ? ring->active().key.kid() : "";
  const auto noted = place.audited({"keys.rotate", kid.empty() ? "" : "key:" + kid, {}}, ring);
  if (!noted) return fail(noted);
  terminal.out << text_of(*noted);
  terminal.err
      << "Tokens of the retired key stay good until they expire. Who caches the JWKS may refuse new ones "
         "until he reads it again.\n";
  return kExitFine;
}

}  // namespace picket::authd
