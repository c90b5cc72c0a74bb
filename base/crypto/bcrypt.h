// bcrypt through libxcrypt's crypt(3): `$2a$`, `$2b$`, `$2y$`. Slow on purpose (about 70 ms at cost 10): run
// it on a WorkerPool.
#pragma once

#include <string>
#include <string_view>

#include "base/result/result.h"

namespace picket {

/// Well-formed and of a cost in 4..18.
Result<void> check_bcrypt_hash(std::string_view hash);
/// Of a hash that check_bcrypt_hash() took. Each step doubles the time.
int bcrypt_cost(std::string_view hash);
/// False also for passwords over 72 bytes, which bcrypt would silently cut, and for those with a NUL.
bool bcrypt_matches(std::string_view password, const std::string& hash);
Result<std::string> bcrypt_hash(std::string_view password, int cost, std::string_view salt16);

}  // namespace picket
