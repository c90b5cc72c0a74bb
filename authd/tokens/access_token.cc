#include "authd/tokens/access_token.h"

#include <algorithm>

#include "authd/tokens/jws.h"
#include "authd/tokens/strict_json.h"
#include "base/json/json.h"

namespace picket::authd {
namespace {

using Json = nlohmann::json;

constexpr Duration kLeewayMax = std::chrono::seconds(60);
constexpr std::int64_t kIntegerMax = 9'000'000'000;  // as a time: the year 2255, near the end of WallTime

std::int64_t to_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Reads members of a claims object; remembers whether one was missing or of the wrong type.
class ClaimReader {
 public:
  explicit ClaimReader(const Json& claims) : claims_(claims) {}
  bool is_fine() const { return is_fine_; }

  void require(const char* name, std::string& out) {
    const std::string* text = find_string(claims_, name);
    if (text == nullptr || text->empty()) return reject();
    out = *text;
  }
  void read(const char* name, std::string& out) {
    if (!claims_.contains(name)) return;
    const std::string* text = find_string(claims_, name);
    if (text == nullptr) return reject();
    out = *text;
  }
  /// A list of strings, or one string.
  void read(const char* name, std::vector<std::string>& out) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) return;
    if (found->is_string()) {
      out = {found->get<std::string>()};
    } else if (found->is_array() && std::ranges::all_of(*found, &Json::is_string)) {
      out = found->get<std::vector<std::string>>();
    } else {
      reject();
    }
  }
  /// RFC 7519 allows fractions; we write whole numbers and take nothing else.
  void read(const char* name, std::int64_t& out) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) return;
    if (!found->is_number_unsigned()) return reject();
    const auto number = found->get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(kIntegerMax)) return reject();
    out = static_cast<std::int64_t>(number);
  }
  void read(const char* name, WallTime& out) {
    std::int64_t seconds_count = -1;
    read(name, seconds_count);
    if (seconds_count >= 0) out = WallTime(std::chrono::seconds(seconds_count));
  }
  void require(const char* name, WallTime& out) {
    if (!claims_.contains(name)) return reject();
    read(name, out);
  }

 private:
  void reject() { is_fine_ = false; }

  const Json& claims_;
  bool is_fine_ = true;
};

Judged<AccessClaims> read_claims(std::string_view payload) {
  const auto json = parse_strict_object(payload);
  if (!json) return refuse(TokenFault::Malformed);
  AccessClaims claims;
  ClaimReader reader(*json);
  reader.require("iss", claims.issuer);
  reader.require("sub", claims.subject);
  reader.require("client_id", claims.client_id);
  reader.require("jti", claims.id);
  reader.read("aud", claims.audience);
  reader.require("iat", claims.issued_at);
  reader.require("exp", claims.expires_at);
  claims.not_before = claims.issued_at;
  reader.read("nbf", claims.not_before);
  reader.read("sid", claims.session_id);
  reader.read("preferred_username", claims.username);
  reader.read("role", claims.role);
  reader.read("epoch", claims.epoch);
  reader.read("scope", claims.scope);
  reader.read("amr", claims.methods);
  reader.read("acr", claims.level);
  reader.read("auth_time", claims.proved_at);
  if (!reader.is_fine() || claims.audience.empty()) return refuse(TokenFault::Claims);
  return claims;
}

Judged<AccessClaims> judge(AccessClaims claims, const AccessRules& rules, WallTime now) {
  const Duration leeway = std::clamp(rules.leeway, Duration::zero(), kLeewayMax);
  if (claims.issuer != rules.issuer) return refuse(TokenFault::Issuer);
  if (std::ranges::find(claims.audience, rules.audience) == claims.audience.end()) {
    return refuse(TokenFault::Audience);
  }
  if (now >= claims.expires_at + leeway) return refuse(TokenFault::Expired);
  if (claims.not_before > now + leeway || claims.issued_at > now + leeway) return refuse(TokenFault::NotYet);
  return claims;
}

void put(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

}  // namespace

std::string issue(const SigningKey& key, const AccessClaims& claims, std::string_view typ) {
  Json json{{"iss", claims.issuer},
            {"sub", claims.subject},
            {"client_id", claims.client_id},
            {"jti", claims.id},
            {"iat", to_seconds(claims.issued_at)},
            {"nbf", to_seconds(claims.not_before)},
            {"exp", to_seconds(claims.expires_at)},
            {"epoch", claims.epoch}};
  json["aud"] = claims.audience.size() == 1 ? Json(claims.audience.front()) : Json(claims.audience);
  put(json, "sid", claims.session_id);
  put(json, "preferred_username", claims.username);
  put(json, "role", claims.role);
  put(json, "scope", claims.scope);
  put(json, "acr", claims.level);
  if (!claims.methods.empty()) json["amr"] = claims.methods;
  if (claims.proved_at != WallTime{}) json["auth_time"] = to_seconds(claims.proved_at);
  return sign_jws(key, typ, to_json(json));
}

Judged<AccessClaims> verify(std::string_view token, const KeyRing& ring, const AccessRules& rules,
                            WallTime now) {
  const Judged<Jws> jws = Jws::parse(token);
  if (!jws) return refuse(jws.error());
  const VerifyKey* key = ring.find(jws->kid());
  if (key == nullptr) return refuse(TokenFault::UnknownKey);
  const Judged<std::string> payload = jws->payload(*key);
  if (!payload) return refuse(payload.error());
  if (jws->typ() != rules.typ) return refuse(TokenFault::Type);
  Judged<AccessClaims> claims = read_claims(*payload);
  if (!claims) return claims;
  return judge(std::move(*claims), rules, now);
}

}  // namespace picket::authd
