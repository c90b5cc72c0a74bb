// The HTTP client of every daemon (libcurl's multi interface inside one .cc, c-ares for names). Redirects are
// followed here, hop by hop, so that the address policy holds on each. No secret appears in an error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/config/reader.h"
#include "base/config/secret.h"
#include "base/http/message.h"
#include "base/net/address_policy.h"
#include "base/net/event_loop.h"
#include "base/net/resolver.h"
#include "base/net/tls.h"

namespace picket {

struct BasicAuth {
  std::string username;
  Secret password;
};

/// The shape of Prometheus' http_config; keys as there (basic_auth, authorization, bearer_token, tls_config,
/// proxy_url, follow_redirects, enable_http2, http_headers).
struct HttpConfig {
  std::optional<BasicAuth> basic_auth;
  std::string authorization_type = "Bearer";
  Secret authorization;  ///< credentials
  TlsConfig tls;
  std::string proxy_url;
  bool follow_redirects = true;
  bool enable_http2 = true;
  Headers headers;
};
void read_yaml(MapReader& r, HttpConfig& c);
/// A problem with `key` when `url` is no http or https URL with a host.
void check_url(MapReader& r, std::string_view key, std::string_view url);

struct OutboundRequest {
  Method method = Method::Get;
  std::string url;  ///< http:// or https://; credentials in it are moved to basic_auth
  Headers headers;
  std::string body;
  HttpConfig config;
  Duration connect_timeout = std::chrono::seconds(5);
  Duration timeout = std::chrono::seconds(10);  ///< everything, redirects included
  int max_redirects = 10;
  /// A redirect that would turn the request into a GET without its body (301, 302, 303) is the answer; 307
  /// and 308 are followed. For what must arrive whole.
  bool keep_method = false;
  Bytes max_response = 4_MiB;      ///< decoded; InvalidInput past it, with what came before
  bool truncate_response = false;  ///< past max_response: stop reading, answer what is there
  bool keep_body = true;           ///< false: the body is counted (Exchange::body_bytes), not kept
  bool decompress = true;          ///< asks for `coding` and decodes it; an unknown coding is a failure
  std::string coding = "gzip";     ///< gzip, deflate or br
  bool cookies = false;            ///< what a hop sets goes along to later hops of this exchange
  bool reuse_connection = true;    ///< false: fresh connection and TLS session, as a probe wants
  bool inspect_tls = false;        ///< fill `tls`
  /// A POST or PATCH may use a kept connection: when that turns out dead, libcurl sends the request again on
  /// a new one, though the peer may have seen it. Other methods may be repeated anyway (RFC 9110 9.2.2).
  bool repeatable = false;
  IpPreference preference = IpPreference::Any;
  std::optional<AddressPolicy> policy;  ///< none: anything goes
};

/// `processing` is from the request sent to the first byte of the answer, `transfer` from there to the last.
/// Each adds up over the hops.
struct PhaseTimings {
  Duration resolve{}, connect{}, tls{}, processing{}, transfer{}, total{};
};

/// What is known of an exchange, also of a failed one.
struct Exchange {
  PhaseTimings timings;
  std::string final_url;
  std::string http_version;  ///< "1.1", "2"
  int redirects = 0;
  bool downgraded = false;                ///< a redirect led from https to http
  bool sent = false;                      ///< a request, or a part of one, may have reached the peer
  std::uint64_t body_bytes = 0;           ///< of the last hop, decoded
  std::optional<IpAddress> peer;          ///< really connected to; the proxy's when there is one
  std::optional<AddressCounts> resolved;  ///< of the URL's name (the proxy's); nothing for an address
  std::optional<TlsFacts> tls;            ///< of the last hop
};

/// Where a failed exchange broke.
enum class FailedStep { None, Resolve, Policy, Connect, Tls, Request, Timeout, TooLarge, Redirect };

struct ClientResponse {
  /// Valid when `failed` is None or TooLarge; the redirect when it is Redirect; status 0 when none came.
  Response response{.status = 0};
  Exchange exchange;
  FailedStep failed = FailedStep::None;
  Error error;  ///< when failed
};

/// Seam. Safe from any thread.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Blocks until answered, failed or timed out. Any HTTP status is an answer, not an error.
  virtual Result<Response> send(const OutboundRequest& request) = 0;
  /// The same with where it broke: whoever must not send twice asks whether the request may have arrived.
  /// CurlClient overrides it; the default knows no better than FailedStep::Request.
  virtual ClientResponse exchange(const OutboundRequest& request);
};

inline ClientResponse HttpClient::exchange(const OutboundRequest& request) {
  ClientResponse answer;
  auto response = send(request);
  if (response) {
    answer.response = std::move(*response);
  } else {
    answer.failed = response.error().kind == ErrorKind::Timeout ? FailedStep::Timeout : FailedStep::Request;
    answer.error = std::move(response).error();
  }
  return answer;
}

struct ClientOptions {
  std::size_t max_concurrent = 4096;  ///< exchanges at once; more wait, at most until their timeout
  std::size_t max_queued = 65536;     ///< more are refused (Unavailable)
  std::size_t max_idle = 256;         ///< connections kept for reuse
};

struct ClientStats {
  std::size_t running = 0, queued = 0;
  std::uint64_t refused = 0;  ///< the queue was full
};

class CurlClient final : public HttpClient {
 public:
  CurlClient(EventLoop& loop, Resolver& resolver, ClientOptions options = {});
  /// Cancels what is under way (its callbacks get Unavailable).
  ~CurlClient() override;

  // Neither is to be called on the loop's thread, which it would wait for.
  Result<Response> send(const OutboundRequest& request) override;
  ClientResponse exchange(const OutboundRequest& request) override;
  /// `done` runs once, on the loop's thread (or on the caller's, when the request is malformed).
  void send_async(OutboundRequest request, const std::function<void(ClientResponse)>& done);
  ClientStats stats() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace picket
