#include "tests/bench/dead_targets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/result/result.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::bench {
namespace {

constexpr int kKnockMillis = 300;  ///< a handshake on loopback that takes longer hangs

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);  // sockets API
}

/// The times of one check's requests, and where its grid begins: the smallest time modulo the interval, seen
/// from the first.
double grid_of(const std::vector<double>& times, double interval) {
  double earliest = 0;
  for (const double time : times) {
    const double offset = time - times.front();
    earliest = std::min(earliest, offset - std::round(offset / interval) * interval);
  }
  return times.front() + earliest;
}

double at_share(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

DeadTarget::DeadTarget() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(bind(listener_, generic(address), sizeof address) == 0 && listen(listener_, 0) == 0, "a free port");
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);  // sockets API
  port_ = ntohs(address.sin_port);
  for (bool full = false; !full;) {
    waiting_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    static_cast<void>(connect(waiting_.back(), generic(address), sizeof address));  // does not wait
    pollfd connected{waiting_.back(), POLLOUT, 0};
    full = poll(&connected, 1, kKnockMillis) == 0;
  }
}

DeadTarget::~DeadTarget() {
  for (const int socket : waiting_) close(socket);
  close(listener_);
}

Lateness lateness_of(std::string_view log, double interval, double from) {
  std::map<std::string_view, std::vector<double>> runs;
  for (const std::string_view line : split(log, '\n')) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    runs[line.substr(space + 1)].push_back(parse_double(line.substr(0, space)).value_or(0));
  }
  Lateness lateness;
  std::vector<double> late;
  for (const auto& [check, times] : runs) {
    const double grid = grid_of(times, interval);
    double previous = -1;
    for (const double time : times) {
      const double run = std::floor((time - grid) / interval + 1e-6);
      if (time >= from) {
        late.push_back((time - grid - run * interval) * 1e3);
        if (previous >= 0) lateness.missed += static_cast<std::size_t>(std::max(0.0, run - previous - 1));
      }
      previous = run;
    }
  }
  std::ranges::sort(late);
  lateness.runs = late.size();
  lateness.median_ms = at_share(late, 0.5);
  lateness.p99_ms = at_share(late, 0.99);
  lateness.max_ms = late.empty() ? 0 : late.back();
  return lateness;
}

}  // namespace picket::bench
