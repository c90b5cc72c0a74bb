#include "authd/tokens/jws.h"

#include "authd/tokens/strict_json.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

/// Half of the order of P-256, rounded down: the highest s that we write.
const std::string& highest_s() {
  static const std::string half =
      hex_decode("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8").value_or("");
  return half;
}

bool has_high_s(std::string_view raw) {
  return raw.size() == 64 && raw.substr(32) > highest_s();
}

/// base64url as the encoder writes it: no padding either.
std::optional<std::string> decode_part(std::string_view part) {
  if (part.find('=') != std::string_view::npos) return std::nullopt;
  auto bytes = base64url_decode(part);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

struct Header {
  Algorithm algorithm;
  std::string kid, typ;
};

/// Exactly our three members: so crit, b64, zip, jku, jwk, x5u and x5c need no list of their own.
Judged<Header> read_header(std::string_view text) {
  const auto json = parse_strict_object(text);
  if (!json) return refuse(TokenFault::Malformed);
  const std::string* alg = find_string(*json, "alg");
  if (alg == nullptr) return refuse(TokenFault::Header);
  const auto algorithm = parse_algorithm(*alg);
  if (!algorithm) return refuse(TokenFault::Algorithm);
  const std::string* kid = find_string(*json, "kid");
  const std::string* typ = find_string(*json, "typ");
  if (kid == nullptr || typ == nullptr || json->size() != 3) return refuse(TokenFault::Header);
  if (!is_kid(*kid)) return refuse(TokenFault::UnknownKey);
  return Header{*algorithm, *kid, *typ};
}

}  // namespace

std::string sign_jws(const SigningKey& key, std::string_view typ, std::string_view payload) {
  const std::string header = fmt::format(R"({{"alg":"{}","kid":"{}","typ":"{}"}})",
                                         to_string(key.verify_key().algorithm()), key.kid(), typ);
  std::string token = base64url_encode(header) + "." + base64url_encode(payload);
  token += "." + base64url_encode(key.sign(token));
  return token;
}

std::optional<std::string> kid_in(std::string_view token) {
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos || token.size() > Jws::kBytesMax) return std::nullopt;
  const auto header_text = decode_part(token.substr(0, dot));
  if (!header_text) return std::nullopt;
  const Judged<Header> header = read_header(*header_text);
  return header ? std::optional(header->kid) : std::nullopt;
}

Judged<Jws> Jws::parse(std::string_view token) {
  if (token.size() > kBytesMax) return refuse(TokenFault::TooLong);
  const std::vector<std::string_view> parts = split(token, '.');
  if (parts.size() != 3) return refuse(TokenFault::Malformed);
  const auto header_text = decode_part(parts[0]);
  if (!header_text) return refuse(TokenFault::Malformed);
  const Judged<Header> header = read_header(*header_text);
  if (!header) return refuse(header.error());
  auto payload = decode_part(parts[1]);
  auto signature = decode_part(parts[2]);
  if (!payload || !signature || signature->empty()) return refuse(TokenFault::Malformed);
  Jws jws;
  jws.kid_ = header->kid;
  jws.typ_ = header->typ;
  jws.algorithm_ = header->algorithm;
  jws.signed_part_ = token.substr(0, parts[0].size() + 1 + parts[1].size());
  jws.payload_ = std::move(*payload);
  jws.signature_ = std::move(*signature);
  return jws;
}

Judged<std::string> Jws::payload(const VerifyKey& key) const {
  if (algorithm_ != key.algorithm()) return refuse(TokenFault::Algorithm);
  if (key.algorithm() == Algorithm::Es256 && has_high_s(signature_)) return refuse(TokenFault::Signature);
  if (!key.verify(signed_part_, signature_)) return refuse(TokenFault::Signature);
  return payload_;
}

}  // namespace picket::authd
