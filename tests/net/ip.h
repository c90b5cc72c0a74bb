// An address of a test, by its text.
#pragma once

#include <gtest/gtest.h>

#include "base/net/ip_address.h"

namespace picket {

inline IpAddress ip(std::string_view text) {
  const Result<IpAddress> address = IpAddress::parse(text);
  EXPECT_TRUE(address.has_value()) << text;
  return address.value_or(IpAddress());
}

}  // namespace picket
