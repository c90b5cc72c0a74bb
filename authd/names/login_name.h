// What is typed into the name field of a login: a user name or a mail address. The two never meet, since no
// user name holds an @. Limits and locks of names that no account has are kept under `key` as well. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket::authd {

enum class LoginNameKind { Username, Email };

struct LoginName {
  LoginNameKind kind = LoginNameKind::Username;
  std::string key;  ///< of canonical_username() or canonical_email()
  bool operator==(const LoginName&) const = default;
};

/// InvalidInput as the function of its kind says.
Result<LoginName> parse_login_name(std::string_view typed);

}  // namespace picket::authd
