// Which algorithm new password hashes are made with, and what they cost. Configuration; used by the login,
// the importers and `authctl kdf calibrate`.
#pragma once

#include <string_view>

#include "authd/passwords/argon2.h"
#include "base/config/reader.h"

namespace picket::authd {

enum class HashAlgorithm { Argon2id, Bcrypt };
std::string_view to_string(HashAlgorithm algorithm);  ///< "argon2id", "bcrypt": label values too

inline constexpr int kBcryptCostMin = 4;   ///< of stored and imported hashes
inline constexpr int kBcryptCostMax = 15;  ///< 2 s of one core

struct HashParams {
  HashAlgorithm algorithm = HashAlgorithm::Argon2id;
  Argon2Params argon2{};
  int bcrypt_cost = 12;
  bool operator==(const HashParams&) const = default;
};

/// InvalidInput when a cost is out of the bounds above or of check_argon2_params().
Result<void> validate(const HashParams& params);
/// algorithm, argon2_memory, argon2_passes, bcrypt_cost.
void read_yaml(MapReader& r, HashParams& params);

}  // namespace picket::authd
