// The answer's header fields about limits: RateLimit-Policy and RateLimit
// (draft-ietf-httpapi-ratelimit-headers -11: lists of strings with parameters q, w and r, t) and Retry-After
// in seconds (RFC 9110 10.2.3). Pure.
#pragma once

#include <span>

#include "authd/ratelimit/limit_gate.h"
#include "base/http/message.h"

namespace picket::authd {

/// Of the standings that were asked; no field without any. Retry-After when one of them refused, never before
/// the end of `t`.
void set_limit_fields(std::span<const Standing> standings, Headers& headers);

/// Retry-After alone: until the block ends.
void set_block_fields(const Block& block, WallTime now, Headers& headers);

}  // namespace picket::authd
