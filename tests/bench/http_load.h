// Load over kept connections from one thread, for benches: closed (each connection asks again as soon as it
// is answered) or open (requests are due at a steady rate, and one that had to wait for a connection counts
// its wait), so that a slow server does not slow the question down. One request at a time on a connection.
// Not thread-safe; several loads may run at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace picket::bench {

struct LoadAnswer {
  int status = 0;
  std::string_view head, body;
};

struct LoadPlan {
  std::uint16_t port = 0;
  int connections = 1;
  double per_second = 0;  ///< 0: closed
  std::chrono::milliseconds time{0};
  long requests_max = 0;                            ///< 0: as many as the time allows
  std::function<std::string(long number)> request;  ///< whole, as it goes on the wire
  std::function<void(long number, const LoadAnswer&)> answered{};
};

struct LoadResult {
  std::vector<double> took_ms;  ///< of each answer, sorted
  std::map<int, long> by_status;
  long failed = 0;      ///< connections that broke with a request on them, or could not be made
  long unanswered = 0;  ///< asked or due, but without an answer at the end
  double seconds = 0;

  double percentile(double share) const;
  long answers() const { return static_cast<long>(took_ms.size()); }
  long with_status(int status) const;
  /// Of requests that were due: those without a 200.
  long bad() const { return failed + unanswered + answers() - with_status(200); }
  /// "200: 9997, 503: 3, broken: 0, unanswered: 0".
  std::string tally() const;
  double per_second(int status) const { return static_cast<double>(with_status(status)) / seconds; }
};

/// Ends when the time is over and what is under way is answered (waiting 5 s at most).
LoadResult run_load(const LoadPlan& plan);

}  // namespace picket::bench
