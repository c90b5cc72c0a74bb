// What the login writes to people: plain text, no markup. Names and user agents come from strangers: control
// characters are taken out and long ones are cut. Pure.
#pragma once

#include <string>
#include <string_view>

#include "authd/accounts/user.h"
#include "authd/login/post.h"
#include "authd/sessions/client.h"

namespace picket::authd {

struct Occasion {
  std::string service;
  const User& user;
  const Client& client;
  WallTime at{};
};

Letter code_letter(const Occasion& occasion, std::string_view code, Duration lifetime);
std::string code_text(std::string_view service, std::string_view code);  ///< of an SMS: one segment
Letter new_client_letter(const Occasion& occasion);
Letter lock_letter(const Occasion& occasion);
/// A used refresh token came back from `occasion`'s client, and the login was ended.
Letter reuse_letter(const Occasion& occasion);
/// `what`: "The password was changed".
Letter change_letter(const Occasion& occasion, std::string_view what);
/// To the mailbox of before. `what`: "The mail address was changed".
Letter contact_letter(const Occasion& occasion, std::string_view what);
/// To the new one.
Letter verify_letter(const Occasion& occasion, std::string_view link, Duration lifetime);
Letter reset_letter(const Occasion& occasion, std::string_view link, Duration lifetime);
/// In place of reset_letter() for who has no second factor but this mailbox.
Letter no_reset_letter(const Occasion& occasion);
Letter invite_letter(std::string_view service, std::string_view to, std::string_view link, Duration lifetime);

}  // namespace picket::authd
