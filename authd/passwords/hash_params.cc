#include "authd/passwords/hash_params.h"

namespace picket::authd {

std::string_view to_string(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::Argon2id ? "argon2id" : "bcrypt";
}

Result<void> validate(const HashParams& params) {
  if (params.bcrypt_cost < kBcryptCostMin || params.bcrypt_cost > kBcryptCostMax) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("bcrypt cost must be from {} to {}", kBcryptCostMin, kBcryptCostMax));
  }
  return check_argon2_params(params.argon2);
}

}  // namespace picket::authd
