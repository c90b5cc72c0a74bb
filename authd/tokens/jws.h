// Compact JWS (RFC 7515 7.1) as we write it, and nothing else: header of exactly alg, kid and typ; at most
// 8 KiB; canonical base64url; strict JSON. The algorithm is the key's, never the token's. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authd/tokens/signing_key.h"
#include "authd/tokens/token_fault.h"

namespace picket::authd {

/// header.payload.signature. `typ` must be plain letters, digits, '+' or '-'.
std::string sign_jws(const SigningKey& key, std::string_view typ, std::string_view payload);

/// The kid that a token's header names, when that header is of our form: nothing of it is verified.
std::optional<std::string> kid_in(std::string_view token);

/// A token whose form is right and which nobody has vouched for yet: its payload can be had only through the
/// check of its signature.
class Jws {
 public:
  static constexpr std::size_t kBytesMax = 8192;

  static Judged<Jws> parse(std::string_view token);

  const std::string& kid() const { return kid_; }
  const std::string& typ() const { return typ_; }
  /// Algorithm when the header names another than the key's, Signature when it is wrong (or, for ES256, has
  /// the higher s, which we never write).
  Judged<std::string> payload(const VerifyKey& key) const;

 private:
  Jws() = default;

  std::string kid_;
  std::string typ_;
  Algorithm algorithm_ = Algorithm::EdDsa;
  std::string signed_part_;
  std::string payload_;
  std::string signature_;
};

}  // namespace picket::authd
