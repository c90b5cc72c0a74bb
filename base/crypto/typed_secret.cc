#include "base/crypto/typed_secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>

namespace picket {
namespace {

constexpr std::size_t kTypedMax = 1024;

}  // namespace

Result<Secret> ask_secret_twice(const std::string& question) {
  std::array<char, kTypedMax> typed{};
  const int code = EVP_read_pw_string_min(typed.data(), 1, typed.size() - 1, question.c_str(), 1);
  Secret secret(code == 0 ? typed.data() : "");
  OPENSSL_cleanse(typed.data(), typed.size());
  if (code != 0) return fail(ErrorKind::InvalidInput, "nothing was typed twice alike");
  return secret;
}

}  // namespace picket
