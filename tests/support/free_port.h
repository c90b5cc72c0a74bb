// A TCP port on 127.0.0.1 that nothing uses. It is reserved against other test programs until this one ends,
// and it lies outside the range that the kernel hands out by itself.
#pragma once

namespace picket::test {

int free_port();

/// Containers often have no ::1.
bool has_ipv6_loopback();

}  // namespace picket::test
