#include "base/crypto/bcrypt.h"

#include <crypt.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/crypto/digest.h"

namespace picket {
namespace {

constexpr std::size_t kHashLength = 60;
constexpr std::size_t kPasswordBytesMax = 72;
constexpr std::size_t kSaltBytes = 16;
constexpr int kCostMin = 4;
constexpr int kCostMax = 18;  // 20 s of one core: above it a login is a denial of service

bool is_bcrypt_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '/';
}

bool has_bcrypt_prefix(std::string_view hash) {
  return hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
}

bool is_usable(std::string_view password) {
  return password.size() <= kPasswordBytesMax && password.find('\0') == std::string_view::npos;
}

/// -1 when there is no two-digit cost.
int cost_of(std::string_view hash) {
  const char tens = hash[4];
  const char ones = hash[5];
  const bool digits = tens >= '0' && tens <= '9' && ones >= '0' && ones <= '9' && hash[6] == '$';
  return digits ? (tens - '0') * 10 + (ones - '0') : -1;
}

std::string crypt_with(std::string_view password, const std::string& setting) {
  // 32 KiB: too much for the stack of a pool thread to carry lightly.
  const auto scratch = std::make_unique<crypt_data>();
  const std::string phrase(password);
  const char* out =
      crypt_rn(phrase.c_str(), setting.c_str(), scratch.get(), static_cast<int>(sizeof(crypt_data)));
  return out == nullptr ? std::string() : std::string(out);
}

}  // namespace

Result<void> check_bcrypt_hash(std::string_view hash) {
  if (hash.size() != kHashLength || !has_bcrypt_prefix(hash)) {
    return fail(ErrorKind::InvalidInput,
                "not a bcrypt hash: must be $2b$, two digits of cost, $ and 53 letters");
  }
  const int cost = cost_of(hash);
  if (cost < kCostMin || cost > kCostMax) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("bcrypt cost must be from {:02} to {}", kCostMin, kCostMax));
  }
  if (!std::ranges::all_of(hash.substr(7), is_bcrypt_letter)) {
    return fail(ErrorKind::InvalidInput, "bcrypt hash holds a character that is none of bcrypt's base64");
  }
  return {};
}

int bcrypt_cost(std::string_view hash) {
  return cost_of(hash);
}

bool bcrypt_matches(std::string_view password, const std::string& hash) {
  if (!is_usable(password) || !check_bcrypt_hash(hash)) return false;
  return equal_constant_time(crypt_with(password, hash), hash);
}

Result<std::string> bcrypt_hash(std::string_view password, int cost, std::string_view salt16) {
  if (!is_usable(password)) {
    return fail(ErrorKind::InvalidInput, "password must be at most 72 bytes, without NUL bytes");
  }
  if (cost < kCostMin || cost > kCostMax || salt16.size() != kSaltBytes) {
    return fail(ErrorKind::InvalidInput,
                fmt::format("bcrypt needs a cost from {} to {} and 16 bytes of salt", kCostMin, kCostMax));
  }
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  const char* made = crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), salt16.data(),
                                      static_cast<int>(salt16.size()), setting.data(), setting.size());
  if (made == nullptr) return fail(ErrorKind::Internal, "crypt_gensalt knows no bcrypt");
  std::string hash = crypt_with(password, made);
  if (!check_bcrypt_hash(hash)) return fail(ErrorKind::Internal, "crypt made no bcrypt hash");
  return hash;
}

}  // namespace picket
