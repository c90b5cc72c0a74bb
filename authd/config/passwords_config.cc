#include "authd/config/passwords_config.h"

namespace picket::authd {
namespace {

void read_argon2_memory(MapReader& r, Argon2Params& c) {
  Bytes memory;
  if (!r.read("memory", memory)) return;
  constexpr std::uint64_t kKib = 1024;
  constexpr std::uint64_t kKibMax = std::uint64_t{1} << 30U;  // validate() has the real bound
  if (memory.count % kKib != 0 || memory.count / kKib > kKibMax) {
    return r.problem("memory", "must be whole KiB, at most 1GiB");
  }
  c.memory_kib = static_cast<std::uint32_t>(memory.count / kKib);
}

void report(MapReader& r, const Result<void>& valid) {
  if (!valid) r.problem("", valid.error().message);
}

}  // namespace

void read_yaml(MapReader& r, HashParams& c) {
  r.read_enum("algorithm", c.algorithm,
              {{"argon2id", HashAlgorithm::Argon2id}, {"bcrypt", HashAlgorithm::Bcrypt}});
  read_argon2_memory(r, c.argon2);
  r.read("passes", c.argon2.passes);
  r.read("lanes", c.argon2.lanes);
  r.read("bcrypt_cost", c.bcrypt_cost);
  report(r, validate(c));
}

void read_yaml(MapReader& r, KdfPoolConfig& c) {
  r.read("threads", c.threads);
  r.read("max_wait", c.max_wait);
  r.read("share_per_key", c.share_per_key);
  r.read("reserved_for_known", c.reserved_for_known);
  r.read("first_estimate", c.first_estimate);
  report(r, validate(c));
}

void read_yaml(MapReader& r, PasswordsConfig& c) {
  r.read("length_min", c.policy.length_min);
  r.read("length_min_with_second_factor", c.policy.length_min_with_second_factor);
  r.read("service_names", c.policy.service_names);
  if (r.read("frequent_passwords_file", c.frequent_passwords_file)) {
    c.frequent_passwords_file = resolve_beside(r.context().problems.file(), c.frequent_passwords_file);
    if (!r.context().files.exists(c.frequent_passwords_file)) {
      r.problem("frequent_passwords_file", "there is no file " + c.frequent_passwords_file);
    }
  }
  r.read("hash", c.hash);
  r.read("pool", c.pool);
  report(r, validate(c.policy));
}

}  // namespace picket::authd
