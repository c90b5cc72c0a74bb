#include "base/deliver/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// "20150830T123600Z"
std::string basic_time(WallTime now) {
  std::string out;
  for (const char c : format_rfc3339(now).substr(0, 19)) {
    if (c != '-' && c != ':') out += c;
  }
  return out + 'Z';
}

// Runs of spaces count as one.
std::string folded(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    if (c != ' ' || !out.ends_with(' ')) out += c;
  }
  return out;
}

std::string canonical_query(const SigV4Request& request) {
  std::vector<std::pair<std::string, std::string>> encoded;
  encoded.reserve(request.query.size());
  for (const auto& [name, value] : request.query)
    encoded.emplace_back(percent_encode(name), percent_encode(value));
  std::ranges::sort(encoded);
  std::string out;
  for (const auto& [name, value] : encoded)
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  return out;
}

std::map<std::string, std::string> signed_fields(const SigV4Request& request, const std::string& time) {
  std::map<std::string, std::string> fields{{"host", request.host}, {"x-amz-date", time}};
  for (const auto& [name, value] : request.headers) {
    std::string& field = fields[to_lower(name)];
    field += (field.empty() ? "" : ",") + folded(value);
  }
  return fields;
}

}  // namespace

Headers sign_v4(const SigV4Request& request, const SigV4Scope& scope, WallTime now) {
  const std::string time = basic_time(now);
  std::string names;
  std::string fields;
  for (const auto& [name, value] : signed_fields(request, time)) {
    names += (names.empty() ? "" : ";") + name;
    fields += fmt::format("{}:{}\n", name, value);
  }
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path, canonical_query(request), fields,
                  names, hex_encode(sha256(request.body)));
  const std::string day = time.substr(0, 8);
  const std::string credential = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, credential, hex_encode(sha256(canonical)));

  std::string key = hmac_sha256("AWS4" + scope.secret_access_key.reveal(), day);
  for (const std::string_view step :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    key = hmac_sha256(key, step);
  }
  const std::string signature = hex_encode(hmac_sha256(key, to_sign));
  return {{"X-Amz-Date", time},
          {"Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                        scope.access_key_id, credential, names, signature)}};
}

}  // namespace picket
