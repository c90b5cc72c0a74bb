#include "authd/store/sql_user_limit_store.h"

#include "authd/store/columns.h"
#include "authd/store/guard_revisions.h"

namespace picket::authd {

Result<void> SqlUserLimitStore::put(const UserLimit& limit) {
  return done(change_guard(
      database_, Guard::UserLimits,
      "INSERT INTO user_limits (user_id, tier, requests_max, set_by, set_at) VALUES ($1, $2, $3, $4, "
      "$5) ON CONFLICT (user_id, tier) DO UPDATE SET requests_max = excluded.requests_max, set_by = "
      "excluded.set_by, set_at = excluded.set_at",
      {limit.user_id, limit.tier, number(limit.limit), limit.set_by, millis(limit.set_at)}));
}

Result<bool> SqlUserLimitStore::remove(const std::string& user_id, const std::string& tier) {
  return change_guard(database_, Guard::UserLimits,
                      "DELETE FROM user_limits WHERE user_id = $1 AND tier = $2", {user_id, tier});
}

Result<std::int64_t> SqlUserLimitStore::revision() {
  return read_revision(database_, Guard::UserLimits);
}

Result<std::vector<UserLimit>> SqlUserLimitStore::list(const std::string& user_id) {
  return each_of<UserLimit>(
      database_.query("SELECT user_id, tier, requests_max, set_by, set_at FROM user_limits "
                      "WHERE $1 = '' OR user_id = $1 ORDER BY user_id, tier",
                      {user_id}),
      [](const sql::Row& row) -> Result<UserLimit> {
        return UserLimit{row.text(0), row.text(1), static_cast<std::uint32_t>(row.integer(2)), row.text(3),
                         time_at(row, 4)};
      });
}

}  // namespace picket::authd
