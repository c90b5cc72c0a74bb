// Rows of the feed of ended grants: written by whichever store ends one, in the same transaction, and read by
// every replica. For the stores of this folder.
#pragma once

#include <string>
#include <string_view>

#include "authd/accounts/account_store.h"
#include "base/sql/database.h"

namespace picket::authd {

struct EndedEpoch {
  std::string user_id;
  std::int64_t epoch = 0;  ///< the first that is good again
};
Result<void> note_ended_epoch(sql::Session& session, const EndedEpoch& ended, WallTime now);

/// `at` as millis().
Result<void> note_ended_grant(sql::Session& session, const std::string& grant_id, const sql::Value& at);

/// Ends all that the user was granted so far: answers the first epoch that is good again, nothing when there
/// is no such user.
Result<std::optional<std::int64_t>> raise_epoch(sql::Session& session, const std::string& user_id,
                                                WallTime now);

/// Sets `ending` on the rows of `table` that `where` names and that are not revoked yet, and puts the id of
/// each into the feed. $1 of `params` is the time of the revocation. Answers how many.
struct RevokedRows {
  std::string_view table;
  std::string_view ending;  ///< "revoked_at = $1"
  std::string_view where;   ///< "id = $2"
};
Result<std::int64_t> revoke_rows(sql::Database& database, const RevokedRows& rows, const sql::Params& params);

/// All API keys of the user, in the transaction of the change that ends them (docs/security.md names which).
Result<void> revoke_api_keys(sql::Session& session, const std::string& user_id, WallTime now);

/// All that came after `after`.
Result<EndedBatch> read_ended(sql::Session& session, std::int64_t after, WallTime now);

}  // namespace picket::authd
