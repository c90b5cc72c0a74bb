#include "authd/accounts/credentials.h"

namespace picket::authd {

std::string_view to_string(LinkKind kind) {
  switch (kind) {
    case LinkKind::Invite:
      return "invite";
    case LinkKind::PasswordReset:
      return "password_reset";
    case LinkKind::VerifyEmail:
      return "verify_email";
    case LinkKind::FirstOwner:
      return "first_owner";
  }
  return "invite";
}

std::string_view to_string(StoredKeyState state) {
  switch (state) {
    case StoredKeyState::Next:
      return "next";
    case StoredKeyState::Active:
      return "active";
    case StoredKeyState::Retired:
      return "retired";
  }
  return "retired";
}

}  // namespace picket::authd
