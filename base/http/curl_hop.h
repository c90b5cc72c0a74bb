// One request to one address and its answer: a redirect or another address is another hop. Holds every limit
// on what the peer may send. Inside of CurlClient; everything on the loop's thread.
#pragma once

#include <curl/curl.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/http/client.h"
#include "base/http/client_url.h"
#include "base/http/curl_driver.h"
#include "base/net/tls_handshake.h"

namespace picket {

struct HopRequest {
  Method method = Method::Get;
  bool with_body = false;
  ClientUrl url;
  Headers headers;                 ///< all of them, authorization too
  IpAddress address;               ///< to connect to: the target's or the proxy's
  std::optional<ClientUrl> proxy;  ///< with credentials
  std::string server_name;         ///< for TLS; empty: the URL's host
  CURLSH* cookies = nullptr;       ///< the exchange's jar; null: none. Outlives the hop
  Duration connect_timeout{};
  Duration timeout{};
  bool last_resort = true;       ///< no other address is left to try
  bool follows_redirect = true;  ///< then the body of a redirect is not read
  bool keeps_method = false;     ///< follows only what keeps method and body
};

struct HopResult {
  Response response;  ///< as far as it came
  PhaseTimings timings;
  std::uint64_t body_bytes = 0;  ///< decoded, also when they were not kept
  std::string http_version;
  std::optional<TlsFacts> tls;
  bool connected = false;
  bool sent = false;
  FailedStep failed = FailedStep::None;
  Error error;
};

class CurlHop {
 public:
  using Done = std::function<void(CurlHop& hop)>;

  /// `outbound` outlives the hop.
  CurlHop(CurlDriver& driver, const OutboundRequest& outbound, HopRequest request, Done done);
  /// Cancels what is under way.
  ~CurlHop();
  CurlHop(const CurlHop&) = delete;
  CurlHop& operator=(const CurlHop&) = delete;

  /// Calls `done` later, never inside. False, with the result filled, when it cannot even begin.
  bool start();
  const HopRequest& request() const { return request_; }
  HopResult& result() { return result_; }
  /// `result` is a redirect that is to be followed.
  bool redirected(const HopResult& result) const;

  /// What CurlDriver::Finished comes down to.
  static void finished(CURL* transfer, CURLcode code);

 private:
  enum class Stop { None, Redirect, BodyLimit, BodyTruncated, HeaderLimit };

  template <class T>
  void set(CURLoption option, T value);
  void configure();
  void configure_request();
  void configure_cookies();
  void configure_connection();
  void configure_proxy();
  void configure_tls();
  void configure_limits();
  bool add_headers();
  void add_cookie_header();

  std::size_t on_header(std::string_view line);
  void end_of_headers();
  std::size_t on_body(std::string_view piece);
  CURLcode on_tls(void* context);
  TlsConfig tls_config() const;
  curl_socket_t on_open(const curl_sockaddr& address);
  void finish(CURLcode code);
  void read_timings();
  void read_failure(CURLcode code);
  std::string step_text() const;

  static std::size_t header_callback(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t body_callback(char* bytes, std::size_t size, std::size_t count, void* self);
  static CURLcode tls_callback(CURL* transfer, void* context, void* self);
  static curl_socket_t open_callback(void* self, curlsocktype purpose, curl_sockaddr* address);

  CurlDriver& driver_;
  const OutboundRequest& outbound_;
  const HopRequest request_;
  Done done_;
  CURL* transfer_ = nullptr;
  bool under_way_ = false;
  curl_slist* header_list_ = nullptr;
  curl_slist* connect_list_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> curl_error_{};
  std::shared_ptr<TlsHandshake> handshake_;
  const SystemClock clock_;
  MonoTime started_{};
  std::optional<MonoTime> tls_started_;

  Stop stop_ = Stop::None;
  std::size_t header_bytes_ = 0;
  bool headers_ended_ = false;
  std::optional<FailedStep> refused_step_;  // why a callback of ours stopped the transfer
  Error refusal_;
  HopResult result_;
};

}  // namespace picket
