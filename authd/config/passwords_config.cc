#include "authd/config/passwords_config.h"

namespace picket::authd {
namespace {

constexpr std::uint64_t kKib = 1024;

/// Each a map of its own.
struct PolicyPart {
  PasswordPolicyConfig& policy;
  std::string& file;
};
struct HashPart {
  HashParams& hash;
};
struct PoolPart {
  KdfPoolConfig& pool;
};

void report(MapReader& r, const Result<void>& valid) {
  if (!valid) r.problem("", valid.error().message);
}

void read_yaml(MapReader& r, PolicyPart& c) {
  r.read("length_min", c.policy.length_min);
  r.read("length_min_with_second_factor", c.policy.length_min_with_second_factor);
  r.read("service_names", c.policy.service_names);
  report(r, validate(c.policy));
  if (!r.read("frequent_passwords_file", c.file) || c.file.empty()) return;
  c.file = resolve_beside(r.context().problems.file(), c.file);
  if (!r.context().files.exists(c.file)) r.problem("frequent_passwords_file", "there is no file " + c.file);
}

void read_memory(MapReader& r, Argon2Params& c) {
  Bytes memory;
  if (!r.read("argon2_memory", memory)) return;
  constexpr Bytes kMost = 1024_MiB;  // as check_argon2_params() has it
  if (memory.count % kKib != 0 || memory > kMost)
    return r.problem("argon2_memory", "must be whole KiB, at most 1GiB");
  c.memory_kib = static_cast<std::uint32_t>(memory.count / kKib);
}

void read_yaml(MapReader& r, HashPart& c) {
  r.read_enum("algorithm", c.hash.algorithm,
              {{"argon2id", HashAlgorithm::Argon2id}, {"bcrypt", HashAlgorithm::Bcrypt}});
  read_memory(r, c.hash.argon2);
  r.read("argon2_passes", c.hash.argon2.passes);
  r.read("bcrypt_cost", c.hash.bcrypt_cost);
  report(r, validate(c.hash));
}

void read_yaml(MapReader& r, PoolPart& c) {
  r.read("threads", c.pool.threads);
  r.read("max_wait", c.pool.max_wait);
  r.read("share_per_key", c.pool.share_per_key);
  r.read("reserved_for_known", c.pool.reserved_for_known);
  report(r, validate(c.pool));
}

template <class Part>
void read_part(MapReader& r, std::string_view key, Part part) {
  if (const auto value = r.at(key)) value->decode(part);
}

}  // namespace

void read_passwords(MapReader& r, PasswordsConfig& c) {
  read_part(r, "passwords", PolicyPart{c.policy, c.frequent_passwords_file});
  read_part(r, "hashing", HashPart{c.hash});
  read_part(r, "kdf", PoolPart{c.pool});
}

}  // namespace picket::authd
