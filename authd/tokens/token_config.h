// The `tokens:` part of authd.yml: who issues, for whom, how long tokens live and how keys rotate. Immutable
// after loading.
#pragma once

#include <string>

#include "authd/tokens/key_ring.h"
#include "authd/tokens/refresh.h"
#include "base/config/reader.h"

namespace picket::authd {

struct TokenConfig {
  std::string issuer;               ///< "": the daemon's own URL, which the caller knows
  std::string audience = "picket";  ///< aud of the tokens that login gives
  Duration access_lifetime = std::chrono::minutes(15);
  Duration leeway = std::chrono::seconds(60);
  std::size_t cache_entries = 100'000;  ///< of the TokenCache
  KeyPolicy keys;                       ///< kept_after follows from access_lifetime and leeway
  RefreshPolicy refresh;
};

void read_yaml(MapReader& r, TokenConfig& c);

}  // namespace picket::authd
