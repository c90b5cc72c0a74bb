// Whether something accepts TCP connections on a port of 127.0.0.1.
#pragma once

namespace picket::test {

bool is_listening(int port);

}  // namespace picket::test
