// What keeps attackers off: counts of failures, and blocked networks. Values as they are stored; a time of
// zero means "never".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time/clock.h"

namespace picket::authd {

struct StoredFailures {
  std::string key;  ///< what is counted: account and network, account alone, ...
  std::int64_t count = 0;
  WallTime first_at{};
  WallTime last_at{};
  WallTime locked_until{};
  int level = 0;  ///< locks so far: each is longer
};

/// Of somebody who was unlocked.
struct ForgottenTries {
  std::int64_t seq = 0;
  std::string subject;  ///< as the limits of tries count it: "192.0.2.1/32", "device:ID", "account:ID"
};
/// Who blocks by itself, of StoredBlock::created_by: as the list of blocks names them.
inline constexpr std::array<std::string_view, 2> kBlockingPrograms{"limits", "webhook"};

struct StoredBlock {
  std::string prefix;  ///< "192.0.2.0/24"
  std::string reason;
  std::string created_by;  ///< a user's id, "authctl", "limits", "webhook"
  WallTime created_at{};
  WallTime expires_at{};
  bool sessions = false;  ///< it stops valid sessions and known devices, too
};

/// A limit of a tier for one person, instead of the configuration's.
struct UserLimit {
  std::string user_id;
  std::string tier;
  std::uint32_t limit = 0;  ///< requests in the tier's window
  std::string set_by;       ///< a user's id
  WallTime set_at{};
};

}  // namespace picket::authd
