// An account as it is stored, and what a change of it must observe. Pure values; times are of the wall clock,
// a time of zero (1970) means "never". `password_hash` and `phone` are for the parts that need them: never
// log a User.
#pragma once

#include <cstdint>
#include <string>

#include "authd/accounts/role.h"
#include "base/time/clock.h"

namespace picket::authd {

struct User {
  std::string id;            ///< of Ids; never changes
  std::string username;      ///< as typed, to be shown
  std::string username_key;  ///< canonical; no other account has it as user name or mail address
  std::string email;
  std::string email_key;
  bool email_verified = false;
  Role role = Role::User;
  Status status = Status::Active;
  std::string phone;  ///< E.164, or "". Sealed in the database
  bool phone_verified = false;
  std::string password_hash;  ///< PHC text; "" when there is none yet
  WallTime password_changed_at{};
  bool must_change_password = false;
  /// What was granted under an older epoch has ended. Goes up with every change of role, status or password
  /// and with "log out everywhere".
  std::int64_t epoch = 0;
  std::int64_t version = 0;  ///< goes up with every update: compare-and-set
  WallTime created_at{};
  WallTime last_login_at{};
  bool has_second_factor = false;  ///< read only: some factor is confirmed

  bool operator==(const User&) const = default;
};

/// What `actor` must be to turn `before` into `after`: Denied when he acts on somebody of a higher or equal
/// role, grants more than he has, or changes his own role or status upwards. An owner may do everything to
/// everybody; that the last active owner stays is for the store, which alone can know.
Result<void> check_change(const User& actor, const User& before, const User& after);

/// Whether sessions and tokens that were granted to `before` must end: with the role, the status and the
/// password, and when another password is asked for.
bool ends_grants(const User& before, const User& after);

}  // namespace picket::authd
