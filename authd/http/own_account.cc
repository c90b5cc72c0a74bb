#include "authd/http/own_account.h"

namespace picket::authd {

Result<User> account_of(const HttpParts& parts, const Visit& visit) {
  Result<std::optional<User>> user = parts.accounts.find(visit.who().user_id);
  if (!user) return fail(user);
  if (!*user) return fail(ErrorKind::NotFound, "the account is gone");
  return std::move(**user);
}

}  // namespace picket::authd
