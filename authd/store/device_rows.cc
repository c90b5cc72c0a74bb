#include "authd/store/device_rows.h"

#include "authd/store/columns.h"

namespace picket::authd {

Result<std::int64_t> revoke_devices(sql::Session& session, const std::string& user_id, WallTime now) {
  return session.execute("UPDATE devices SET revoked_at = $2 WHERE user_id = $1 AND revoked_at = 0",
                         {user_id, millis(now)});
}

}  // namespace picket::authd
