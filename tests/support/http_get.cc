#include "tests/support/http_get.h"

#include <httplib.h>

#include "tests/support/give_up.h"

namespace picket::test {
namespace {

struct SplitUrl {
  std::string origin;
  std::string path;
};

SplitUrl split_url(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) give_up("not a URL: " + url);
  const std::size_t path = url.find('/', scheme + 3);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

httplib::Client client_for(const HttpCall& call, const std::string& origin) {
  if (call.client_cert.empty()) return httplib::Client(origin);
  return httplib::Client(origin, call.client_cert, call.client_key);
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
  httplib::Client client = client_for(call, url.origin);
  client.set_connection_timeout(call.timeout);
  client.set_read_timeout(call.timeout);
  client.set_write_timeout(call.timeout);
  client.set_url_encode(false);
  client.enable_server_certificate_verification(!call.ca_file.empty());
  if (!call.ca_file.empty()) client.set_ca_cert_path(call.ca_file);
  if (!call.user.empty()) client.set_basic_auth(call.user, call.password);
  httplib::Request request;
  request.method = call.method;
  request.path = url.path;
  request.body = call.body;
  for (const auto& [name, value] : call.headers) request.headers.emplace(name, value);
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
