#include "tests/support/http_get.h"

#include <httplib.h>

#include "tests/support/give_up.h"

namespace picket::test {
namespace {

struct SplitUrl {
  std::string origin;
  std::string path;

  std::string authority() const { return origin.substr(origin.find("://") + 3); }
  std::string host() const { return authority().substr(0, authority().rfind(':')); }
};

SplitUrl split_url(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) give_up("not a URL: " + url);
  const std::size_t path = url.find('/', scheme + 3);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

/// The port in the URL is that of the connection, so that of `connect_to` stands there for the library.
std::string origin_for(const HttpCall& call, const SplitUrl& url) {
  if (call.connect_to == 0) return url.origin;
  return url.origin.substr(0, url.origin.find("://") + 3) + url.host() + ":" +
         std::to_string(call.connect_to);
}

httplib::Client client_for(const HttpCall& call, const SplitUrl& url) {
  const std::string origin = origin_for(call, url);
  httplib::Client client = call.client_cert.empty()
                               ? httplib::Client(origin)
                               : httplib::Client(origin, call.client_cert, call.client_key);
  if (call.connect_to != 0) client.set_hostname_addr_map({{url.host(), "127.0.0.1"}});
  return client;
}

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

namespace {

std::function<void(const HttpCall&, const HttpAnswer&)>& watcher() {
  static std::function<void(const HttpCall&, const HttpAnswer&)> watch;
  return watch;
}

HttpAnswer ask(const HttpCall& call) {
  const SplitUrl url = split_url(call.url);
  httplib::Client client = client_for(call, url);
  client.set_connection_timeout(call.timeout);
  client.set_read_timeout(call.timeout);
  client.set_write_timeout(call.timeout);
  client.set_url_encode(false);
  client.enable_server_certificate_verification(!call.ca_file.empty());
  if (!call.ca_file.empty()) client.set_ca_cert_path(call.ca_file);
  if (!call.user.empty()) client.set_basic_auth(call.user, call.password);
  httplib::Request request;
  request.method = call.method;
  request.path = call.target.empty() ? url.path : call.target;
  request.body = call.body;
  for (const auto& [name, value] : call.headers) request.headers.emplace(name, value);
  if (call.connect_to != 0 && !call.headers.contains("Host"))
    request.headers.emplace("Host", url.authority());
  const auto start = std::chrono::steady_clock::now();
  const httplib::Result result = client.send(request);
  HttpAnswer answer;
  answer.took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  if (!result) {
    answer.error = httplib::to_string(result.error());
    return answer;
  }
  answer.status = result->status;
  answer.body = result->body;
  for (const auto& [name, value] : result->headers) answer.headers.emplace(name, value);
  return answer;
}

}  // namespace

HttpAnswer http_send(const HttpCall& call) {
  HttpAnswer answer = ask(call);
  if (watcher()) watcher()(call, answer);
  return answer;
}

void watch_http(std::function<void(const HttpCall&, const HttpAnswer&)> watch) {
  watcher() = std::move(watch);
}

HttpAnswer http_get(const std::string& url, const HttpHeaders& headers) {
  return http_send({.method = "GET", .url = url, .headers = headers});
}

HttpAnswer http_post(const std::string& url, const std::string& body, const HttpHeaders& headers) {
  HttpCall call{.method = "POST", .url = url, .headers = headers, .body = body};
  if (!headers.contains("Content-Type")) call.headers.emplace("Content-Type", "application/json");
  return http_send(call);
}

HttpAnswer http_put(const std::string& url, const std::string& body, const HttpHeaders& headers) {
  HttpCall call{.method = "PUT", .url = url, .headers = headers, .body = body};
  if (!headers.contains("Content-Type")) call.headers.emplace("Content-Type", "application/json");
  return http_send(call);
}

}  // namespace picket::test
