#include "authd/passwords/password_hash.h"

#include "authd/passwords/argon2_phc.h"
#include "base/crypto/bcrypt.h"
#include "base/crypto/digest.h"

namespace picket::authd {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kTagBytes = 32;
constexpr std::size_t kBcryptPasswordMax = 72;

Result<void> check_bcrypt(std::string_view text) {
  if (auto fine = check_bcrypt_hash(text); !fine) return fail(fine);
  if (bcrypt_cost(text) > kBcryptCostMax)
    return fail(ErrorKind::InvalidInput, fmt::format("bcrypt cost must be at most {}", kBcryptCostMax));
  return {};
}

Result<std::string> make_argon2(const OpaqueString& password, const Argon2Params& params, Random& random) {
  Argon2Hash hash{params, random.bytes(kSaltBytes), {}};
  auto tag = argon2id(params, {.password = password.reveal(), .salt = hash.salt}, kTagBytes);
  if (!tag) return fail(tag);
  hash.tag = std::move(*tag);
  return format_argon2_phc(hash);
}

Result<bool> verify_argon2(std::string_view text, const OpaqueString& password) {
  const auto hash = parse_argon2_phc(text);
  if (!hash) return fail(hash);
  const auto tag =
      argon2id(hash->params, {.password = password.reveal(), .salt = hash->salt}, hash->tag.size());
  if (!tag) return fail(tag);
  return equal_constant_time(*tag, hash->tag);
}

/// A password too long is compared by its first bytes, for the time it takes, and is wrong all the same.
bool verify_bcrypt(const std::string& text, const OpaqueString& password) {
  const std::string_view whole = password.reveal();
  const bool matches = bcrypt_matches(whole.substr(0, kBcryptPasswordMax), text);
  return matches && whole.size() <= kBcryptPasswordMax;
}

std::string bcrypt_decoy(int cost, Random& random) {
  constexpr std::string_view kLetters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t kSaltAndHashLetters = 53;
  std::string text = fmt::format("$2b${:02}$", cost);
  for (std::size_t i = 0; i < kSaltAndHashLetters; ++i) text += kLetters[random.below(kLetters.size())];
  return text;
}

bool is_argon2_of(std::string_view text, const Argon2Params& params) {
  const auto hash = parse_argon2_phc(text);
  return hash && hash->params == params && hash->salt.size() >= kSaltBytes && hash->tag.size() >= kTagBytes;
}

}  // namespace

Result<PasswordHash> PasswordHash::make(const OpaqueString& password, const HashParams& params,
                                        Random& random) {
  auto text = params.algorithm == HashAlgorithm::Argon2id
                  ? make_argon2(password, params.argon2, random)
                  : bcrypt_hash(password.reveal(), params.bcrypt_cost, random.bytes(kSaltBytes));
  if (!text) return fail(text);
  return PasswordHash(params.algorithm, std::move(*text));
}

Result<PasswordHash> PasswordHash::parse(std::string_view stored) {
  const bool is_bcrypt = stored.starts_with("$2");
  if (is_bcrypt) {
    if (auto fine = check_bcrypt(stored); !fine) return fail(fine);
    return PasswordHash(HashAlgorithm::Bcrypt, std::string(stored));
  }
  if (auto hash = parse_argon2_phc(stored); !hash) return fail(hash);
  return PasswordHash(HashAlgorithm::Argon2id, std::string(stored));
}

PasswordHash PasswordHash::decoy(const HashParams& params, Random& random) {
  if (params.algorithm == HashAlgorithm::Bcrypt)
    return {HashAlgorithm::Bcrypt, bcrypt_decoy(params.bcrypt_cost, random)};
  return {HashAlgorithm::Argon2id,
          format_argon2_phc({params.argon2, random.bytes(kSaltBytes), random.bytes(kTagBytes)})};
}

Result<bool> PasswordHash::verify(const OpaqueString& password) const {
  if (algorithm_ == HashAlgorithm::Bcrypt) return verify_bcrypt(text_, password);
  return verify_argon2(text_, password);
}

bool PasswordHash::needs_rehash(const HashParams& params) const {
  if (algorithm_ != params.algorithm) return true;
  if (algorithm_ == HashAlgorithm::Bcrypt) return bcrypt_cost(text_) != params.bcrypt_cost;
  return !is_argon2_of(text_, params.argon2);
}

}  // namespace picket::authd
