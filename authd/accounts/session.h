// A login that lasts, its family of refresh tokens, and a login that waits for its second factor. Values as
// they are stored; a time of zero means "never".
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/config/secret.h"
#include "base/time/clock.h"

namespace picket::authd {

/// What refresh tokens are judged by. The judge answers the next state; the store takes it when `version` is
/// still the one that was judged.
struct RefreshState {
  std::int64_t active = 0;   ///< number of the one token that can be rotated
  WallTime rotated_at{};     ///< when it was given first
  std::string rotated_by{};  ///< to which client: a hash
  bool late_replayed = false;
  int late_replays = 0;
  std::int64_t version = 0;
};

struct Session {
  std::string id{};
  std::string user_id{};
  std::int64_t user_epoch = 0;  ///< of the user when this was granted
  WallTime created_at{};
  WallTime last_seen_at{};
  WallTime idle_expires_at{};
  WallTime absolute_expires_at{};
  std::vector<std::string> amr{};  ///< RFC 8176: "pwd", "otp", ...
  std::string device_id{};         ///< "" when the device is not remembered
  std::string ip{};
  std::string user_agent{};
  std::string family_id{};  ///< finds the session by a refresh token
  Secret family_key{};      ///< sealed in the database
  RefreshState refresh{};
  WallTime revoked_at{};
  std::string revoke_reason{};  ///< "logout", "reuse", "admin", ...

  bool is_live(WallTime now) const {
    return revoked_at == WallTime{} && now < idle_expires_at && now < absolute_expires_at;
  }
};

/// A first step that was taken: the second must come with this challenge, in time and within few tries.
struct Challenge {
  std::string id_hash{};  ///< only the client has the id
  std::string purpose{};  ///< "login", "step_up", ...
  std::string user_id{};
  std::vector<std::string> methods{};  ///< that may answer it: "totp", "backup_code", "email", "sms"
  std::string channel{};               ///< where a code was sent: "email", "sms" or ""
  std::string code_hash{};
  WallTime code_at{};  ///< when it was set; zero: never, or by an earlier version
  int tries = 0;
  WallTime created_at{};
  WallTime expires_at{};
  WallTime used_at{};
  std::string client_prefix{};  ///< network of the address that began it

  WallTime code_issued_at() const { return std::max(created_at, code_at); }
};

}  // namespace picket::authd
