// What bench_auth asks of one server, in this order: everybody logs in; checks per second (wrk) and at a
// steady rate, alone and under a flood of logins; a burst of logins; a crowd for a while. The load comes from
// the same machine: with two cores a server has one and a bit. Blocks; not thread-safe.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "tests/bench/http_load.h"

namespace picket::bench {

inline constexpr int kBurst = 600;                    ///< logins at once
inline constexpr std::chrono::seconds kMeasured{10};  ///< of every part but the crowd

struct Subject {
  std::uint16_t port = 0;
  pid_t pid = 0;
};

struct Figures {
  double idle_megabytes = 0, busy_megabytes = 0;
  double checks_per_second = 0;
  LoadResult logins, steady, flooded, burst, crowd;
  long burst_told_when = 0;  ///< of the 503s, those with Retry-After
};

/// What the machine allows in this minute: the same checks, asked of an nginx that says yes to everything.
struct Floor {
  double checks_per_second = 0;
  LoadResult steady;
};
Floor measure_floor();

std::string login_request(long user, long client, bool is_right);
/// Gives up when the server does not do its work at all.
Figures run_course(const Subject& subject, std::chrono::seconds crowd_time);

}  // namespace picket::bench
