#include "authd/secrets/vault_kv.h"

#include <nlohmann/json.hpp>

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

using Json = nlohmann::json;

constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr Bytes kAnswerMax = 256_KiB;

/// A path of a mount or secret: its slashes stay.
std::string encode_path(std::string_view path) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(path, '/')) {
    if (!part.empty()) parts.push_back(percent_encode(part));
  }
  return join(parts, "/");
}

OutboundRequest request_for(const VaultKvConfig& config, const Secret& token) {
  OutboundRequest request;
  std::string_view base = config.address;
  while (base.ends_with('/')) base.remove_suffix(1);
  request.url = fmt::format("{}/v1/{}/data/{}", base, encode_path(config.mount), encode_path(config.path));
  request.headers.add("X-Vault-Token", token.reveal());
  request.headers.add("X-Vault-Request", "true");
  if (!config.vault_namespace.empty()) request.headers.add("X-Vault-Namespace", config.vault_namespace);
  request.config.tls = config.tls;
  request.config.follow_redirects = false;  // the token is for this server
  request.connect_timeout = config.timeout;
  request.timeout = config.timeout;
  request.max_response = kAnswerMax;
  return request;
}

/// {"errors": ["permission denied"]} in one line; "" when there is none.
std::string errors_in(const Json& answer) {
  std::vector<std::string> errors;
  const auto found = answer.is_object() ? answer.find("errors") : answer.end();
  if (!answer.is_object() || found == answer.end() || !found->is_array()) return "";
  for (const Json& error : *found) {
    if (error.is_string()) errors.push_back(truncate(repair_utf8(error.get<std::string>()), 200));
  }
  return join(errors, "; ");
}

ErrorKind kind_of(int status) {
  if (status == kForbidden) return ErrorKind::Denied;
  if (status == kNotFound) return ErrorKind::NotFound;
  return status >= 500 ? ErrorKind::Unavailable : ErrorKind::InvalidInput;
}

std::string advice_for(int status, const VaultKvConfig& config) {
  if (status == kForbidden) return fmt::format("may the token in {} read it?", config.token_file);
  if (status == kNotFound)
    return fmt::format("is {}/{} there, and the mount of version 2?", config.mount, config.path);
  return "is the server unsealed?";
}

Failure refused(int status, const Json& answer, const VaultKvConfig& config) {
  const std::string errors = errors_in(answer);
  return fail(kind_of(status), fmt::format("Vault answered {}{}{}: {}", status, errors.empty() ? "" : " ",
                                           errors, advice_for(status, config)));
}

}  // namespace

void read_yaml(MapReader& r, VaultKvConfig& c) {
  r.require("address", c.address);
  r.read("mount", c.mount);
  r.read("path", c.path);
  r.read("namespace", c.vault_namespace);
  r.require("token_file", c.token_file);
  r.read("timeout", c.timeout);
  r.read("tls_config", c.tls);
  if (!c.address.empty() && !c.address.starts_with("https://") && !c.address.starts_with("http://")) {
    r.problem("address", "must begin with https:// or http://");
  }
  if (c.timeout < std::chrono::milliseconds(100) || c.timeout > std::chrono::minutes(1)) {
    r.problem("timeout", "must be between 100ms and 1m");
  }
  if (c.token_file.empty()) return;
  c.token_file = resolve_beside(r.context().problems.file(), c.token_file);
  if (!r.context().files.exists(c.token_file))
    r.problem("token_file", c.token_file + ": there is no such file");
}

Result<std::map<std::string, Secret>> read_vault_kv(HttpClient& client, const VaultKvConfig& config,
                                                    const Secret& token) {
  const auto answer = client.send(request_for(config, token));
  if (!answer) return fail(answer, "Vault");
  const Json body = parse_json(answer->body).value_or(Json());
  constexpr int kOk = 200;
  if (answer->status != kOk) return refused(answer->status, body, config);
  const Json::json_pointer place("/data/data");
  if (!body.is_object() || !body.contains(place) || !body[place].is_object()) {
    return fail(ErrorKind::InvalidInput, "Vault's answer has no /data/data: is the mount of version 2?");
  }
  std::map<std::string, Secret> fields;
  for (const auto& [name, value] : body[place].items()) {
    if (value.is_string()) fields.emplace(name, Secret(value.get<std::string>()));
  }
  return fields;
}

}  // namespace picket::authd
