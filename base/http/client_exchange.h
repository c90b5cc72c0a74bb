// One request of a caller, over all its hops: names, policy, addresses in turn, redirects. Inside of
// CurlClient; everything on the loop's thread.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/http/client.h"
#include "base/http/client_url.h"
#include "base/http/curl_hop.h"

namespace picket {

class ClientExchange : public std::enable_shared_from_this<ClientExchange> {
 public:
  using Done = std::function<void(ClientResponse)>;
  struct Tools {
    CurlDriver& driver;
    Resolver& resolver;
  };

  /// InvalidInput when the request is malformed.
  static Result<std::shared_ptr<ClientExchange>> create(OutboundRequest request, Done done);

  /// `ended` is called after the caller's callback.
  void start(const Tools& tools, std::function<void()> ended);
  /// Answers the caller at once, whatever is under way.
  void abandon(FailedStep step, ErrorKind kind, std::string_view why);
  Deadline deadline() const { return deadline_; }

 private:
  ClientExchange(OutboundRequest request, Done done);
  static Result<void> check_headers(const Headers& headers);
  void begin_hop();
  void resolved(Result<std::vector<IpAddress>> addresses);
  Result<void> admit(const std::vector<IpAddress>& addresses);
  void try_next_address();
  HopRequest hop_request() const;
  Headers hop_headers() const;
  void hop_done(CurlHop& hop);
  void follow(HopResult& result);
  void absorb(HopResult& result);
  void fail_with(FailedStep step, Error error);
  void finish();

  OutboundRequest request_;
  Done done_;
  std::function<void()> ended_;
  std::optional<Tools> tools_;
  const SystemClock clock_;
  const MonoTime started_;
  const Deadline deadline_;

  ClientUrl url_;
  std::string first_host_;
  std::optional<ClientUrl> proxy_;
  Method method_;
  bool with_body_ = false;
  bool trusted_ = true;  // no redirect has led to another origin yet
  MonoTime resolving_since_{};
  std::vector<IpAddress> addresses_;
  std::size_t next_address_ = 0;
  std::unique_ptr<CURLSH, decltype(&curl_share_cleanup)> cookies_{nullptr, &curl_share_cleanup};
  std::unique_ptr<CurlHop> hop_;
  ClientResponse answer_;
};

}  // namespace picket
