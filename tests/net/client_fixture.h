// A client with a resolver that asks the test's own DNS server.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/http/client.h"
#include "tests/net/dns_peer.h"
#include "tests/net/raw_peer.h"

namespace picket {

class ClientTest : public testing::Test {
 protected:
  ClientTest()
      : resolver_(loop_, resolver_options()), client_(std::make_unique<CurlClient>(loop_, resolver_)) {}

  ResolverOptions resolver_options() const {
    ResolverOptions options;
    options.servers = {dns_.endpoint()};
    return options;
  }
  static OutboundRequest get(const std::string& url) {
    OutboundRequest request;
    request.url = url;
    request.reuse_connection = false;
    return request;
  }
  ClientResponse exchange(const OutboundRequest& request) { return client_->exchange(request); }

  EventLoop loop_;
  test::DnsPeer dns_;
  Resolver resolver_;
  std::unique_ptr<CurlClient> client_;
};

inline test::RawPeer::Behaviour answering(std::string answer) {
  return [answer = std::move(answer)](test::RawConnection& c) {
    c.read_until("\r\n\r\n");
    c.write(answer);
  };
}

}  // namespace picket
