// A user as an actor may see him, and a patch of his fields as an actor may make it. What is masked on the
// way out is never taken on the way in. Pure; safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "authd/rbac/fields.h"

namespace picket::authd {

using UserView = std::map<std::string, FieldValue>;
using UserPatch = std::map<std::string, FieldValue>;

/// Hidden fields are not there; masked ones are masked.
UserView view_of(const User& subject, const Actor& actor);

/// How names are made canonical: given by whoever knows (authd/names), so that this part stays pure.
struct CanonicalText {
  std::string text;  ///< as it is shown or mailed
  std::string key;
};
struct Canonical {
  std::function<Result<CanonicalText>(const std::string&)> username;
  std::function<Result<CanonicalText>(const std::string&)> email;
  std::function<Result<std::string>(const std::string&)> phone;  ///< E.164; "" takes it away
};

/// The user with the patch applied, all of it or nothing. InvalidInput names the first field that does not
/// exist, has a value of the wrong kind, or one that looks masked and is not the mask of what is there;
/// Denied names one that this actor may not write or set so. A value that is the mask of what is there
/// changes nothing, as does the value itself. A changed address or number is no longer verified.
Result<User> apply_patch(const User& subject, const UserPatch& patch, const Actor& actor,
                         const Canonical& canonical);

}  // namespace picket::authd
