#include "exporters/security/records/log_record.h"

namespace picket::security {

std::string_view to_string(LoginMethod method) {
  switch (method) {
    case LoginMethod::Password:
      return "password";
    case LoginMethod::PublicKey:
      return "publickey";
    case LoginMethod::Totp:
      return "totp";
    case LoginMethod::Sms:
      return "sms";
    case LoginMethod::Email:
      return "email";
    case LoginMethod::RecoveryCode:
      return "recovery_code";
    case LoginMethod::ApiKey:
      return "api_key";
    case LoginMethod::Token:
      return "token";
    case LoginMethod::Other:
      return "other";
  }
  return "other";
}

std::string_view to_string(LoginFailure failure) {
  switch (failure) {
    case LoginFailure::None:
      return "";
    case LoginFailure::BadPassword:
      return "bad_password";
    case LoginFailure::UnknownAccount:
      return "unknown_account";
    case LoginFailure::Mfa:
      return "mfa";
    case LoginFailure::Locked:
      return "locked";
    case LoginFailure::Disabled:
      return "disabled";
    case LoginFailure::Expired:
      return "expired";
    case LoginFailure::Policy:
      return "policy";
    case LoginFailure::Other:
      return "other";
  }
  return "other";
}

}  // namespace picket::security
