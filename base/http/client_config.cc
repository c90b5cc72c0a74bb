#include <utility>

#include "base/http/client.h"
#include "base/http/client_url.h"
#include "base/text/strings.h"

namespace picket {

namespace {

void read_basic_auth(MapReader& r, HttpConfig& c) {
  const std::optional<ValueReader> value = r.at("basic_auth");
  if (!value) return;
  MapReader auth(*value);
  BasicAuth basic;
  auth.require("username", basic.username);
  auth.read_secret("password", basic.password);
  auth.finish();
  c.basic_auth = std::move(basic);
}

void read_authorization(MapReader& r, HttpConfig& c) {
  const std::optional<ValueReader> value = r.at("authorization");
  if (!value) return;
  MapReader auth(*value);
  auth.read("type", c.authorization_type);
  auth.read_secret("credentials", c.authorization);
  if (iequals(c.authorization_type, "basic")) auth.problem("type", "must not be Basic: use basic_auth");
  auth.finish();
}

/// `Name: {values: [...], secrets: [...], files: [...]}`, as Prometheus has it.
void read_header(const std::string& name, const ValueReader& value, Headers& headers) {
  MapReader r(value);
  std::vector<std::string> values;
  std::vector<Secret> secrets;
  std::vector<std::string> files;
  r.read("values", values);
  r.read("secrets", secrets);
  r.read("files", files);
  for (const Secret& secret : secrets) values.push_back(secret.reveal());
  for (const std::string& file : files) {
    const ReadContext& context = r.context();
    const Result<std::string> text =
        context.files.read(resolve_beside(context.problems.file(), file), 64_KiB);
    if (text) {
      values.emplace_back(trim(*text));
    } else {
      r.problem("files", text.error().message);
    }
  }
  for (std::string& each : values) headers.add(name, std::move(each));
  r.finish();
}

void read_headers(MapReader& r, HttpConfig& c) {
  const std::optional<ValueReader> value = r.at("http_headers");
  if (!value) return;
  MapReader map(*value);
  for (const auto& [name, header] : map.rest()) {
    if (iequals(name, "authorization")) {
      header.problem("must not be set here: use authorization or basic_auth");
    } else {
      read_header(name, header, c.headers);
    }
  }
}

}  // namespace

void read_yaml(MapReader& r, HttpConfig& c) {
  read_basic_auth(r, c);
  read_authorization(r, c);
  const bool has_authorization = !c.authorization.empty();
  if (r.read_secret("bearer_token", c.authorization) && has_authorization)
    r.problem("bearer_token", "must not be given beside authorization");
  if (c.basic_auth && !c.authorization.empty()) {
    r.problem("basic_auth", "must not be given beside authorization or bearer_token");
  }
  r.read("tls_config", c.tls);
  if (r.read("proxy_url", c.proxy_url) && !c.proxy_url.empty()) {
    const Result<ClientUrl> proxy = ClientUrl::parse(c.proxy_url, "http socks5 socks5h");
    if (!proxy) r.problem("proxy_url", proxy.error().message);
  }
  r.read("follow_redirects", c.follow_redirects);
  r.read("enable_http2", c.enable_http2);
  read_headers(r, c);
}

void check_url(MapReader& r, std::string_view key, std::string_view url) {
  const Result<ClientUrl> parsed = ClientUrl::parse(url);
  if (!parsed) r.problem(key, parsed.error().message);
}

}  // namespace picket
