// Changes of accounts, as every route of them makes one: who acts on whom, what he may see, and one way to
// write it: audited, stored, and known to this process at once. For this folder.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "authd/http/audit_note.h"

namespace picket::authd {

/// The user and the actor's own account, for changes that depend on both ranks.
struct UserChange {
  User actor;
  User subject;
};

/// As far as the actor may see him.
nlohmann::json user_object(const User& user, const Actor& actor);
std::string user_json(const User& user, const Actor& actor);
std::string resource_of(const User& user);
/// The user of the path, when the actor may do this to him. Who may not even read him hears that he is not
/// there.
Result<User> subject_of(const HttpParts& parts, const Visit& visit, std::string_view permission);
Result<UserChange> change_of(const HttpParts& parts, const Visit& visit, std::string_view permission);
/// A session, a key or another thing of some account, and what is to be done to it.
struct Touch {
  std::string_view permission;  ///< "sessions:revoke"
  std::string_view sight;       ///< the permission to know of it
  std::string resource_id{};
  std::string owner_id{};   ///< "" when there is no such thing
  std::string_view what{};  ///< "session"
};
/// NotFound for who may not know of it; Denied upwards, and without the permission.
Result<void> may_touch(const HttpParts& parts, const Visit& visit, const Touch& touch);
/// Writes `after`, audits it, and tells this process when older grants are over. Answers what is stored now.
/// The note's resource and result are filled in.
Result<User> store_change(const HttpParts& parts, const Visit& visit, const UserChange& change,
                          const User& after, const AuditNote& note);
/// The same, as the answer to a request.
Response answer_change(const HttpParts& parts, const Visit& visit, const UserChange& change,
                       const User& after, const AuditNote& note);

}  // namespace picket::authd
