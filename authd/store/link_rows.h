// Rows of one-time links: spent and revoked, in the transaction of what they are good for. For the stores of
// this folder.
#pragma once

#include <string>

#include "authd/accounts/credentials.h"
#include "base/sql/database.h"

namespace picket::authd {

/// False when it is used or revoked, or too old.
Result<bool> use_link(sql::Session& session, const Link& link, WallTime now);
/// Answers how many were still good.
Result<std::int64_t> revoke_links(sql::Session& session, const std::string& user_id, LinkKind kind,
                                  WallTime now);

}  // namespace picket::authd
