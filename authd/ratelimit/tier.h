// A tier: so many units within so long, for one kind of subject. And what a limiter answers. Values; used by
// the limiters, the gate and the header fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/reader.h"

namespace picket::authd {

enum class TierSubject : std::uint8_t { Address, User };
enum class TierAudience : std::uint8_t { Anyone, Anonymous, Authenticated };
/// What a tier counts: requests to authd itself, questions of proxies about requests to the apps behind them,
/// or tries at a secret that failed, whatever path they came by.
enum class TierUse : std::uint8_t { Requests, ForwardAuth, Failures };

struct Tier {
  std::string name{};       ///< [a-z0-9:_-], at most 64
  std::uint32_t limit = 0;  ///< units in any window of that length; 1 to 10,000
  Duration window{};        ///< 1 s to 24 h, whole milliseconds
  TierSubject per = TierSubject::Address;
  TierAudience audience = TierAudience::Anyone;
  /// Where it applies by itself: "/api" is that path and all below it. None: only where it is asked for by
  /// name (POST /api/v1/ratelimit/check, and the use cases whose failures it counts).
  std::vector<std::string> paths{};
  TierUse use = TierUse::Requests;
  /// Refusals of this tier can lead to a block of the client's network.
  bool guards_secrets = false;
};

/// Failures at a password, a code or a link; at a client secret; requests for a mailed link.
inline constexpr std::string_view kAuthTier = "auth";
inline constexpr std::string_view kOauthTier = "oauth";
inline constexpr std::string_view kRecoveryTier = "recovery";

void read_yaml(MapReader& r, Tier& tier);

struct Decision {
  bool allowed = true;
  std::uint32_t limit = 0;
  std::uint32_t remaining = 0;  ///< units left now
  Duration reset_after{};       ///< until more than `remaining` is left; zero when all is
  Duration retry_after{};       ///< when not allowed: until this cost would fit
};

/// "/api" and "/api/x" are below "/api", "/apix" is not; everything is below "/".
bool is_below(std::string_view path, std::string_view top);

}  // namespace picket::authd
