// What the page at / says about the services: a part of a snapshot, as the query asks, the worst first. Holds
// nothing that the JSON API does not show. Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/http/message.h"
#include "exporters/health/engine/check_status.h"

namespace picket::health {

inline constexpr std::size_t kServicesPerPage = 100;

/// Empty fields do not filter.
struct StatusQuery {
  std::optional<State> state;
  std::string group;
  std::string text;      ///< part of a name, group or target, whatever its case
  std::size_t page = 1;  ///< the first is 1
  bool is_odd = false;   ///< it had a state or a page that there is not
};
/// state, group, q, page.
StatusQuery parse_status_query(const Target& target);
/// The query that asks for it: "./?state=down&page=2"; "./" for everything.
std::string url_of(const StatusQuery& query);

struct ServiceView {
  std::string name, kind, target;
  std::string group;  ///< its title
  State state = State::Unknown;
  bool flapping = false;
  WallTime since;
  std::optional<Duration> latency;
  std::array<double, kUptimeWindows.size()> uptime{};  ///< by kUptimeWindows; negative: nothing is known
  std::optional<LastError> last_error;
  std::string recommendation;
};

using StateCounts = std::array<std::size_t, kStateCount>;

struct GroupView {
  std::string name, title;
  StateCounts counts{};
  std::size_t total = 0;
  State worst = State::Operational;
};

struct StatusView {
  WallTime now;
  StatusQuery query;  ///< its page is one that there is
  StateCounts counts{};
  std::size_t total = 0;          ///< services that there are
  std::size_t flapping = 0;       ///< of them
  std::size_t matching = 0;       ///< of them, that the query asks for
  std::size_t first = 0;          ///< how many of these stand before the ones in `services`
  std::vector<GroupView> groups;  ///< all, the worst first
  std::vector<ServiceView> services;
};
StatusView status_view(const Snapshot& snapshot, const StatusQuery& query);

}  // namespace picket::health
