#include "authd/sessions/session_family.h"

#include "base/text/encoding.h"

namespace picket::authd {

std::string family_id_text(std::string_view raw) {
  return base64url_encode(raw);
}

std::string raw_family_id(std::string_view text) {
  return base64url_decode(text).value_or("");
}

RefreshFamily family_of(const Session& session) {
  RefreshFamily family;
  family.id = raw_family_id(session.family_id);
  family.key = session.family_key;
  family.active = session.refresh.active;
  family.expires_at = session.absolute_expires_at;
  family.rotated_at = session.refresh.rotated_at;
  family.rotated_by = {session.refresh.rotated_by};
  family.late_replayed = session.refresh.late_replayed;
  family.late_replays = session.refresh.late_replays;
  family.revoked = session.revoked_at != WallTime{};
  family.version = session.refresh.version;
  return family;
}

RefreshState state_of(const RefreshFamily& family, std::int64_t judged) {
  RefreshState state;
  state.active = family.active;
  state.rotated_at = family.rotated_at;
  state.rotated_by = family.rotated_by.hash;
  state.late_replayed = family.late_replayed;
  state.late_replays = family.late_replays;
  state.version = judged;
  return state;
}

}  // namespace picket::authd
