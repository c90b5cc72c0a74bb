// The `passwords:` part of authd.yml: which passwords may be set, how they are hashed, and how many at once.
#pragma once

#include <string>

#include "authd/passwords/kdf_pool.h"
#include "authd/passwords/password_policy.h"
#include "base/config/reader.h"

namespace picket::authd {

struct PasswordsConfig {
  PasswordPolicyConfig policy{};        ///< keys of `passwords:` itself
  std::string frequent_passwords_file;  ///< further words that guessers try, one a line; "" for none
  HashParams hash{};                    ///< `hash:`
  KdfPoolConfig pool{};                 ///< `pool:`
};
void read_yaml(MapReader& r, PasswordsConfig& c);
void read_yaml(MapReader& r, HashParams& c);
void read_yaml(MapReader& r, KdfPoolConfig& c);

}  // namespace picket::authd
