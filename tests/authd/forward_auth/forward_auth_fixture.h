// What the tests of forward-auth share: configurations from YAML, requests from a URL.
// Used by tests alone.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "authd/forward_auth/forward_auth_config.h"

namespace picket::authd {

inline Result<ForwardAuthConfig> read_config(std::string_view yaml) {
  const RealFiles files;
  return parse_config<ForwardAuthConfig>(yaml, "authd.yml", files);
}
inline ForwardAuthConfig config_of(std::string_view yaml) {
  auto config = read_config(yaml);
  EXPECT_TRUE(config) << config.error().message;
  return config.value_or(ForwardAuthConfig{});
}

inline OriginalRequest request_of(std::string url, std::string method = "GET") {
  const auto request =
      read_original({{"X-Original-URL", std::move(url)}, {"X-Original-Method", std::move(method)}});
  EXPECT_TRUE(request) << request.error().message;
  return request.value_or(OriginalRequest{});
}

inline IpAddress address_of(std::string_view text) {
  return IpAddress::parse(text).value();
}

}  // namespace picket::authd
