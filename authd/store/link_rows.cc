#include "authd/store/link_rows.h"

#include "authd/store/columns.h"

namespace picket::authd {

Result<bool> use_link(sql::Session& session, const Link& link, WallTime now) {
  return won(
      session.execute("UPDATE links SET used_at = $3 WHERE hash = $1 AND kind = $2 AND used_at = 0 AND "
                      "expires_at > $3",
                      {link.hash, text(to_string(link.kind)), millis(now)}));
}

Result<std::int64_t> revoke_links(sql::Session& session, const std::string& user_id, LinkKind kind,
                                  WallTime now) {
  return session.execute("UPDATE links SET used_at = $3 WHERE user_id = $1 AND kind = $2 AND used_at = 0",
                         {user_id, text(to_string(kind)), millis(now)});
}

}  // namespace picket::authd
