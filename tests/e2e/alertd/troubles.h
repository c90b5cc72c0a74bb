// What can be wrong with each peer, begun and ended at random moments. One trouble at a time for each peer,
// several peers at once. Not thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace picket::test {

struct Trouble {
  std::string name;
  std::function<void()> begin, end;
};

struct TroubledPeer {
  std::string name;
  std::vector<Trouble> troubles;
};

class Troubles {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Troubles(std::vector<TroubledPeer> peers, std::mt19937_64& random);

  /// Begins and ends what is due. Call it often.
  void go_on(Time now);
  void end_all();
  /// "slack hangs 3, slack fails with 500 1, ..."
  std::string summary() const;

 private:
  struct Now {
    const Trouble* trouble = nullptr;
    Time ends{};
  };
  std::chrono::milliseconds between(int min_ms, int max_ms);

  const std::vector<TroubledPeer> peers_;
  std::mt19937_64& random_;
  std::vector<Now> now_;  ///< of each peer
  Time next_{};
  std::map<std::string, int> counts_;
};

}  // namespace picket::test
