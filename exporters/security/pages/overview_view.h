// What the page at / says: what the sources do, what was attacked within the last hour and what of it was let
// through, what goes on now, and how the scanned targets stand. Values only; the daemon fills them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exporters/security/api/posture_view.h"
#include "exporters/security/api/top_list.h"

namespace picket::security {

inline constexpr std::size_t kHourSteps = 12;  ///< of five minutes each

struct SourceView {
  std::string name{}, type{}, path{};  ///< "web", "nginx", "/var/log/nginx/access.log"
  bool is_up = false;
  std::string error{};  ///< why it is not up, or what is odd
  std::uint64_t lines = 0, parse_failures = 0;
  std::uint64_t lag_bytes = 0;   ///< not read yet
  std::uint64_t lost_bytes = 0;  ///< gone before they could be read
  std::optional<WallTime> last_event{};
};

/// The last hour of one class of attacks; oldest first.
struct ClassView {
  std::string category{};
  std::array<std::uint64_t, kHourSteps> matched{};
  std::array<std::uint64_t, kHourSteps> accepted{};  ///< of them, answered below 400
};

/// What goes on now: a burst that has not ended.
struct DetectionView {
  std::string kind{};
  Severity severity = Severity::Medium;
  std::string source{}, client{}, account{}, summary{};
  bool is_claimed = false;  ///< the client's address is its own word
  WallTime last{};          ///< when it was seen last
};

struct OverviewView {
  WallTime now{};
  /// Who asks has not been authenticated: addresses and accounts are masked when the page is made.
  bool is_masked = true;
  std::vector<SourceView> sources{};
  std::vector<ClassView> classes{};
  std::vector<DetectionView> detections{};
  std::vector<SecurityEvent> events{};  ///< the last ones, newest first
  std::string events_trouble{};         ///< why they cannot be read, or ""
  std::vector<TopList> top{};
  std::vector<PostureTarget> posture{};
};

}  // namespace picket::security
