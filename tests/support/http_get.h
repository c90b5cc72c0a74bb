// A small foreign HTTP client (cpp-httplib) for tests: what a user's browser, curl or Prometheus would see.
#pragma once

#include <strings.h>
#include <chrono>
#include <functional>
#include <map>
#include <string>

namespace picket::test {

struct IgnoreCase {
  bool operator()(const std::string& a, const std::string& b) const {
    return ::strcasecmp(a.c_str(), b.c_str()) < 0;
  }
};
using HttpHeaders = std::multimap<std::string, std::string, IgnoreCase>;

struct HttpAnswer {
  int status = 0;  ///< 0: no answer, see error
  HttpHeaders headers;
  std::string body;
  std::string error;
  std::chrono::milliseconds took{};

  /// First value of a header, "" when it is not there.
  std::string header(const std::string& name) const;
};

struct HttpCall {
  std::string method = "GET";
  std::string url{};  ///< http://127.0.0.1:9801/metrics?x=1 or https://
  HttpHeaders headers{};
  std::string body{};
  std::string user{};  ///< basic auth when not empty
  std::string password{};
  std::string ca_file{};      ///< https: trust this; empty: any certificate goes
  std::string client_cert{};  ///< https: with client_key
  std::string client_key{};
  std::string target{};  ///< of the request line, when it is not the path of the URL
  int connect_to = 0;    ///< when not 0: this port of 127.0.0.1, whatever host and port the URL names
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
};

HttpAnswer http_send(const HttpCall& call);
/// From now on `watch` sees every call and its answer, on the thread that makes it. Before the first call.
void watch_http(std::function<void(const HttpCall&, const HttpAnswer&)> watch);
HttpAnswer http_get(const std::string& url, const HttpHeaders& headers = {});
/// The type of the body is the header Content-Type, application/json when it is not given.
HttpAnswer http_post(const std::string& url, const std::string& body, const HttpHeaders& headers = {});
HttpAnswer http_put(const std::string& url, const std::string& body, const HttpHeaders& headers = {});

}  // namespace picket::test
