#include "authd/names/login_name.h"

#include "authd/names/email_address.h"
#include "authd/names/username.h"

namespace picket::authd {

Result<LoginName> parse_login_name(std::string_view typed) {
  if (typed.find('@') != std::string_view::npos) {
    auto email = canonical_email(typed);
    if (!email) return fail(email);
    return LoginName{LoginNameKind::Email, std::move(email->key)};
  }
  auto name = canonical_username(typed);
  if (!name) return fail(name);
  return LoginName{LoginNameKind::Username, std::move(name->key)};
}

}  // namespace picket::authd
