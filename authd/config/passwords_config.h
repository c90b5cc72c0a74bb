// The `passwords:`, `hashing:` and `kdf:` parts of authd.yml: which passwords may be set, how they are
// hashed, and how many at once.
#pragma once

#include <string>

#include "authd/passwords/kdf_pool.h"
#include "authd/passwords/password_policy.h"
#include "base/config/reader.h"

namespace picket::authd {

struct PasswordsConfig {
  PasswordPolicyConfig policy{};
  std::string frequent_passwords_file;  ///< further words that guessers try, one a line; "" for none
  HashParams hash{};
  KdfPoolConfig pool{};
};
/// The three keys of the whole file.
void read_passwords(MapReader& r, PasswordsConfig& c);

}  // namespace picket::authd
