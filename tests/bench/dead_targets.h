// Whether healthy checks run on time beside targets that never answer: how late each request of theirs is, by
// the peer's own log.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace picket::bench {

/// A listener on 127.0.0.1 whose queue of connections is full: the handshake of any other hangs, as with a
/// host that is down.
class DeadTarget {
 public:
  DeadTarget();
  ~DeadTarget();
  DeadTarget(const DeadTarget&) = delete;
  DeadTarget& operator=(const DeadTarget&) = delete;
  int port() const { return port_; }

 private:
  int listener_ = -1;
  int port_ = 0;
  std::vector<int> waiting_;
};

struct Lateness {
  std::size_t runs = 0, missed = 0;
  double median_ms = 0, p99_ms = 0, max_ms = 0;
};

/// `log` has a line "<unix seconds> <name of the check>" for each request. A check's runs are `interval`
/// seconds apart; its earliest one, in that grid, is on time. Runs before `from` only say where the grid is.
Lateness lateness_of(std::string_view log, double interval, double from);

}  // namespace picket::bench
