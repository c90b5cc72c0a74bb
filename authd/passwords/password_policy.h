// Whether a new password may be set: length, guessability, likeness to the account. No rules about kinds of
// characters, no expiry (NIST SP 800-63B-4 3.1.1.2). Pure; used at set, change and reset. Safe from any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "authd/names/opaque_string.h"
#include "authd/passwords/frequent_passwords.h"
#include "base/config/reader.h"

namespace picket::authd {

struct PasswordPolicyConfig {
  std::size_t length_min = 15;                    ///< code points
  std::size_t length_min_with_second_factor = 8;  ///< when the account has one enrolled
  std::vector<std::string> service_names{};       ///< the organisation's and the service's own
  std::string frequent_passwords_file{};          ///< beside the built-in list; "" for none
};

/// InvalidInput: at least 8 characters in any case, and no minimum above 128.
Result<void> validate(const PasswordPolicyConfig& config);
void read_yaml(MapReader& r, PasswordPolicyConfig& config);

struct PasswordOwner {
  std::string username{};  ///< key or raw
  std::string email{};     ///< may be empty
  bool has_second_factor = false;
};

enum class PasswordFault { TooShort, Common, Guessable, LikeUsername, LikeEmail, LikeServiceName, Unchanged };
std::string_view to_string(PasswordFault fault);  ///< "too_short", ...: for APIs

struct PasswordObjection {
  PasswordFault fault = PasswordFault::TooShort;
  std::string text;  ///< for the person; without the password
};

class PasswordPolicy {
 public:
  /// `config` must be valid.
  PasswordPolicy(PasswordPolicyConfig config, FrequentPasswords common);

  /// Every objection, in the order of the enum; none when the password is fine. What is too long or no text
  /// at all was refused by OpaqueString::prepare().
  std::vector<PasswordObjection> judge(const OpaqueString& password, const PasswordOwner& owner) const;
  std::size_t length_min(const PasswordOwner& owner) const;

 private:
  const PasswordPolicyConfig config_;
  const FrequentPasswords common_;
};

}  // namespace picket::authd
