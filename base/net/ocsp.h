// The OCSP response that a peer staples to its handshake. For base/net only.
#pragma once

#include "base/net/tls.h"

struct ssl_st;

namespace picket {

/// Of the leaf of `connection`, once the peer's certificates were verified.
OcspStatus stapled_status(ssl_st* connection);

}  // namespace picket
