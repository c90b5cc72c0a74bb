// Lines of nginx's access log in its format "combined", as a shop with many visitors writes them: pages, pictures,
// searches, calls of an API, robots, and a share of attacks of all kinds. About 200 bytes each; the same for the
// same options.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace picket::bench {

struct TrafficOptions {
  int hostile_per_mille = 10;
  int unique_per_mille =
      0;  ///< hostile lines, too, each with a client, target and agent that no other line has
  int lines_per_second = 50'000;  ///< of the log's own time
};

class AccessTraffic {
 public:
  explicit AccessTraffic(TrafficOptions options = {});

  /// With its newline.
  void append_line(std::string& text);
  std::uint64_t lines() const { return lines_; }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  void append_client(std::string& text);
  void append_usual(std::string& text);
  void append_hostile(std::string& text);
  void append_unique(std::string& text);
  const std::string& stamp();

  const TrafficOptions options_;
  std::minstd_rand random_{7};
  std::uint64_t lines_ = 0;
  std::uint64_t stamped_ = 0;
  std::string stamp_;
};

}  // namespace picket::bench
