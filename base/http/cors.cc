#include "base/http/cors.h"

#include <algorithm>

#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::string_view kMethodField = "Access-Control-Request-Method";
constexpr std::string_view kHeadersField = "Access-Control-Request-Headers";

void add_vary(Response& response, std::string_view names) {
  const std::string already = response.headers.get("Vary");
  response.headers.set("Vary", already.empty() ? std::string(names) : already + ", " + std::string(names));
}

/// The origin, when it is one of the list; null otherwise.
const std::string* allowed_origin(const Cors& cors, const Request& request) {
  const auto given = request.headers.all("Origin");
  if (given.size() != 1) return nullptr;
  const auto found = std::ranges::find(cors.origins, given.front());
  return found == cors.origins.end() ? nullptr : &*found;
}

void add_origin(const Cors& cors, const std::string& origin, Response& response) {
  response.headers.set("Access-Control-Allow-Origin", origin);
  if (cors.credentials) response.headers.set("Access-Control-Allow-Credentials", "true");
}

bool allows_headers(const Cors& cors, std::string_view wanted) {
  if (wanted.empty()) return true;
  return std::ranges::all_of(split(wanted, ','), [&](std::string_view name) {
    return std::ranges::any_of(cors.headers,
                               [&](const std::string& known) { return iequals(known, trim(name)); });
  });
}

bool is_token(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && std::ranges::all_of(text, is_letter);
}

/// scheme://host[:port] as a browser writes it: an entry that is written otherwise would never match.
bool is_origin(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    const auto is_letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             std::string_view("-.:[]").find(c) != std::string_view::npos;
    };
    return !rest.empty() && std::ranges::all_of(rest, is_letter) && !rest.ends_with(':') &&
           !rest.ends_with(scheme == "https://" ? ":443" : ":80");
  }
  return false;
}

void check_tokens(MapReader& r, std::string_view key, const std::vector<std::string>& words) {
  if (!std::ranges::all_of(words, is_token)) r.problem(key, "must be names, without * and blanks");
}

}  // namespace

std::optional<Response> Cors::preflight(const Request& request) const {
  const std::string* method = request.headers.find(kMethodField);
  const bool is_one =
      request.method == Method::Options && method != nullptr && request.headers.find("Origin") != nullptr;
  if (!is_one || origins.empty()) return std::nullopt;
  Response response;
  response.status = 204;
  add_vary(response, fmt::format("Origin, {}, {}", kMethodField, kHeadersField));
  const std::string* origin = allowed_origin(*this, request);
  const bool is_allowed = origin != nullptr && std::ranges::find(methods, *method) != methods.end() &&
                          allows_headers(*this, request.headers.get(kHeadersField));
  if (!is_allowed) return response;
  add_origin(*this, *origin, response);
  response.headers.add("Access-Control-Allow-Methods", join(methods, ", "));
  response.headers.add("Access-Control-Allow-Headers", join(headers, ", "));
  const auto seconds_count = std::chrono::floor<std::chrono::seconds>(max_age).count();
  response.headers.add("Access-Control-Max-Age", std::to_string(seconds_count));
  return response;
}

void Cors::apply(const Request& request, Response& response) const {
  if (origins.empty()) return;
  add_vary(response, "Origin");
  const std::string* origin = allowed_origin(*this, request);
  if (origin == nullptr) return;
  add_origin(*this, *origin, response);
  if (!exposed.empty()) response.headers.set("Access-Control-Expose-Headers", join(exposed, ", "));
}

void read_yaml(MapReader& r, Cors& cors) {
  r.read("origins", cors.origins);
  r.read("methods", cors.methods);
  r.read("headers", cors.headers);
  r.read("exposed", cors.exposed);
  r.read("credentials", cors.credentials);
  r.read("max_age", cors.max_age);
  for (const std::string& origin : cors.origins) {
    if (!is_origin(origin)) {
      r.problem(
          "origins",
          fmt::format("\"{}\" is no origin as browsers send it: https://host[:port], lower case", origin));
    }
  }
  check_tokens(r, "methods", cors.methods);
  check_tokens(r, "headers", cors.headers);
  check_tokens(r, "exposed", cors.exposed);
  if (cors.max_age < Duration::zero()) r.problem("max_age", "must not be negative");
}

}  // namespace picket
