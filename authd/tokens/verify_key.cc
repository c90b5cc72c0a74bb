#include "authd/tokens/verify_key.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>

#include "authd/tokens/evp.h"
#include "authd/tokens/strict_json.h"
#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

constexpr std::size_t kKidSize = 43;
constexpr std::size_t kEd25519Bytes = 32;
constexpr std::size_t kCoordinateBytes = 32;
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;
constexpr unsigned long kRsaExponent = 65537;
constexpr std::size_t kJwkBytesMax = 8192;

using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using ParamList = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

Failure no_key(std::string_view why) {
  return fail(ErrorKind::InvalidInput, fmt::format("not a key for tokens: {}", why));
}

BigNumber number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  return BigNumber(number);
}

bool is_p256(EVP_PKEY* key) {
  std::string name(64, '\0');
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return false;
  return name.substr(0, size) == "prime256v1";
}

// The members that RFC 7638 3.2 hashes, in its order, without blanks.

Result<std::string> members_of_ed25519(EVP_PKEY* key) {
  std::string x(kEd25519Bytes, '\0');
  std::size_t size = x.size();
  if (EVP_PKEY_get_raw_public_key(key, octets(x), &size) != 1 || size != kEd25519Bytes) {
    return no_key("Ed25519 without a public key");
  }
  return fmt::format(R"("crv":"Ed25519","kty":"OKP","x":"{}")", base64url_encode(x));
}

Result<std::string> members_of_p256(EVP_PKEY* key) {
  const BigNumber x = number_of(key, OSSL_PKEY_PARAM_EC_PUB_X);
  const BigNumber y = number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y);
  if (!x || !y || !is_p256(key)) return no_key("an elliptic curve other than P-256");
  const auto x_bytes = to_bytes(x.get(), kCoordinateBytes);
  const auto y_bytes = to_bytes(y.get(), kCoordinateBytes);
  if (!x_bytes || !y_bytes) return no_key("coordinates out of range");
  return fmt::format(R"("crv":"P-256","kty":"EC","x":"{}","y":"{}")", base64url_encode(*x_bytes),
                     base64url_encode(*y_bytes));
}

Result<std::string> members_of_rsa(EVP_PKEY* key) {
  const BigNumber n = number_of(key, OSSL_PKEY_PARAM_RSA_N);
  const BigNumber e = number_of(key, OSSL_PKEY_PARAM_RSA_E);
  if (!n || !e) return no_key("RSA without a modulus");
  if (BN_num_bits(n.get()) < kRsaBitsMin || BN_num_bits(n.get()) > kRsaBitsMax) {
    return no_key("RSA must have 2048 to 8192 bits");
  }
  if (BN_is_word(e.get(), kRsaExponent) != 1) return no_key("RSA's exponent must be 65537");
  const auto n_bytes = to_bytes(n.get(), static_cast<std::size_t>(BN_num_bytes(n.get())));
  return fmt::format(R"("e":"AQAB","kty":"RSA","n":"{}")", base64url_encode(n_bytes.value_or("")));
}

Pkey from_params(const char* kind, OSSL_PARAM_BLD* build) {
  const ParamList params(OSSL_PARAM_BLD_to_param(build));
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) return nullptr;
  return own_pkey(key);
}

/// A member that is base64url without padding.
std::string decoded(const nlohmann::json& jwk, const char* name) {
  const std::string* text = find_string(jwk, name);
  if (text == nullptr || text->find('=') != std::string::npos) return "";
  return base64url_decode(*text).value_or("");
}

Pkey read_okp(const nlohmann::json& jwk) {
  const std::string* curve = find_string(jwk, "crv");
  const std::string x = decoded(jwk, "x");
  if (curve == nullptr || *curve != "Ed25519" || x.size() != kEd25519Bytes) return nullptr;
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(x), x.size());
  return key == nullptr ? nullptr : own_pkey(key);
}

Pkey read_ec(const nlohmann::json& jwk) {
  const std::string* curve = find_string(jwk, "crv");
  const std::string x = decoded(jwk, "x");
  const std::string y = decoded(jwk, "y");
  if (curve == nullptr || *curve != "P-256") return nullptr;
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return nullptr;
  const std::string point = "\x04" + x + y;  // uncompressed (SEC 1, 2.3.3)
  const ParamBuild build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return from_params("EC", build.get());
}

Pkey read_rsa(const nlohmann::json& jwk) {
  const BigNumber n = to_number(decoded(jwk, "n"));
  const BigNumber e = to_number(decoded(jwk, "e"));
  if (!n || !e || BN_num_bits(n.get()) > kRsaBitsMax) return nullptr;
  const ParamBuild build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return from_params("RSA", build.get());
}

}  // namespace

bool is_kid(std::string_view text) {
  const auto is_digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return text.size() == kKidSize && std::ranges::all_of(text, is_digit);
}

VerifyKey::VerifyKey(Pkey key, Algorithm algorithm, const std::string& required_members)
    : key_(std::move(key)),
      algorithm_(algorithm),
      kid_(base64url_encode(sha256("{" + required_members + "}"))),
      jwk_(fmt::format(R"({{"alg":"{}",{},"kid":"{}","use":"sig"}})", to_string(algorithm), required_members,
                       kid_)) {}

Result<VerifyKey> VerifyKey::from_evp(Pkey key) {
  const int kind = EVP_PKEY_get_base_id(key.get());
  Algorithm algorithm = Algorithm::EdDsa;
  Result<std::string> members = no_key("of another kind");
  if (kind == EVP_PKEY_ED25519) {
    members = members_of_ed25519(key.get());
  } else if (kind == EVP_PKEY_EC) {
    algorithm = Algorithm::Es256;
    members = members_of_p256(key.get());
  } else if (kind == EVP_PKEY_RSA) {
    algorithm = Algorithm::Rs256;
    members = members_of_rsa(key.get());
  }
  if (!members) return fail(members);
  return VerifyKey(std::move(key), algorithm, *members);
}

Result<VerifyKey> VerifyKey::from_jwk(std::string_view json) {
  if (json.size() > kJwkBytesMax) return no_key("JWK over 8 KiB");
  const auto jwk = parse_strict_object(json);
  const std::string* kind = jwk ? find_string(*jwk, "kty") : nullptr;
  if (kind == nullptr) return no_key("no JWK");
  Pkey key;
  if (*kind == "OKP") key = read_okp(*jwk);
  if (*kind == "EC") key = read_ec(*jwk);
  if (*kind == "RSA") key = read_rsa(*jwk);
  if (!key) return no_key("its members describe none");
  return from_evp(std::move(key));
}

bool VerifyKey::verify(std::string_view message, std::string_view signature) const {
  std::string form(signature);
  if (algorithm_ == Algorithm::Es256) {
    auto der = der_of_raw(signature);
    if (!der) return false;
    form = std::move(*der);
  }
  const EVP_MD* digest = algorithm_ == Algorithm::EdDsa ? nullptr : EVP_sha256();
  const DigestContext context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets(std::string_view(form)), form.size(), octets(message),
                          message.size()) == 1;
}

}  // namespace picket::authd
