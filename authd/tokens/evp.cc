#include "authd/tokens/evp.h"

#include "base/result/result.h"

namespace picket::authd {
namespace {

constexpr std::size_t kScalarBytes = 32;

/// The order of P-256's group (FIPS 186-4 D.1.2.3).
BigNumber p256_order() {
  BIGNUM* order = nullptr;
  BN_hex2bn(&order, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
  return BigNumber(order);
}

/// s and n - s are both valid; a token shall have one spelling.
BigNumber lower_s(const BIGNUM* s) {
  const BigNumber order = p256_order();
  BigNumber other(BN_dup(s));
  check(other && order && BN_sub(other.get(), order.get(), s) == 1, "OpenSSL cannot subtract");
  if (BN_cmp(s, other.get()) <= 0) other.reset(BN_dup(s));
  return other;
}

}  // namespace

std::optional<std::string> to_bytes(const BIGNUM* number, std::size_t size) {
  std::string bytes(size, '\0');
  if (BN_bn2binpad(number, octets(bytes), static_cast<int>(size)) < 0) return std::nullopt;
  return bytes;
}

BigNumber to_number(std::string_view bytes) {
  return BigNumber(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::optional<std::string> raw_of_der(std::string_view der) {
  const unsigned char* at = octets(der);
  const EcSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!signature) return std::nullopt;
  const auto r = to_bytes(ECDSA_SIG_get0_r(signature.get()), kScalarBytes);
  const auto s = to_bytes(lower_s(ECDSA_SIG_get0_s(signature.get())).get(), kScalarBytes);
  if (!r || !s) return std::nullopt;
  return *r + *s;
}

std::optional<std::string> der_of_raw(std::string_view raw) {
  if (raw.size() != 2 * kScalarBytes) return std::nullopt;
  BigNumber r = to_number(raw.substr(0, kScalarBytes));
  BigNumber s = to_number(raw.substr(kScalarBytes));
  if (!r || !s || BN_is_zero(r.get()) || BN_is_zero(s.get())) return std::nullopt;
  const EcSignature signature(ECDSA_SIG_new());
  if (!signature || ECDSA_SIG_set0(signature.get(), r.release(), s.release()) != 1) return std::nullopt;
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &out);
  if (size <= 0) return std::nullopt;
  std::string der(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

}  // namespace picket::authd
