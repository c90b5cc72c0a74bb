#include "authd/passwords/hash_params.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr std::uint64_t kKib = 1024;
constexpr std::uint64_t kKibMax = kKib * 1024;
constexpr int kBcryptCostNew = 10;                 // OWASP
constexpr std::uint32_t kMemoryKibNew = 7 * 1024;  // OWASP's least, with 5 passes

}  // namespace

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

namespace {

void read_memory(MapReader& r, Argon2Params& params) {
  Bytes memory{params.memory_kib * kKib};
  if (!r.read("argon2_memory", memory)) return;
  if (memory.count % kKib != 0 || memory.count / kKib < kMemoryKibNew || memory.count / kKib > kKibMax)
    return r.problem("argon2_memory", "must be whole KiB, from 7MiB for new passwords to 1GiB");
  params.memory_kib = static_cast<std::uint32_t>(memory.count / kKib);
}

}  // namespace

void read_yaml(MapReader& r, HashParams& params) {
  r.read_enum("algorithm", params.algorithm,
              {{"argon2id", HashAlgorithm::Argon2id}, {"bcrypt", HashAlgorithm::Bcrypt}});
  read_memory(r, params.argon2);
  r.read("argon2_passes", params.argon2.passes);
  r.read("bcrypt_cost", params.bcrypt_cost);
  if (params.bcrypt_cost < kBcryptCostNew) r.problem("bcrypt_cost", "must be at least 10 for new passwords");
  if (const auto fine = validate(params); !fine) r.problem("", fine.error().message);
}

}  // namespace picket::authd
