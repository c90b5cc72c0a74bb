// What the weeks before the demo were like: busy by day, quiet at night and at weekends, with a few bad hours. Pure;
// times are Unix seconds.
#pragma once

#include <cstdint>
#include <string_view>

namespace picket::demo {

inline constexpr std::int64_t kStep = 300;
inline constexpr std::int64_t kDay = std::int64_t{24} * 3600;

class Past {
 public:
  /// `begins` and `ends` are whole steps.
  Past(std::int64_t begins, std::int64_t ends) : begins_(begins), ends_(ends) {}

  std::int64_t begins() const { return begins_; }
  std::int64_t ends() const { return ends_; }
  std::int64_t steps() const { return (ends_ - begins_) / kStep + 1; }

  /// How many visitors there are, 1 on average: 0.25 at night, 1.8 before noon, less at weekends.
  double busy(std::int64_t at) const;
  /// From -1 to 1, the same for the same name and time.
  static double noise(std::string_view name, std::int64_t at);

  bool fails(std::int64_t at) const;        ///< the payment provider was away
  bool is_slow(std::int64_t at) const;      ///< the database was slow
  bool is_attacked(std::int64_t at) const;  ///< somebody tried passwords and patterns
  /// When the programs were started last: there were some deploys.
  std::int64_t started(std::int64_t at) const;

 private:
  std::int64_t begins_;
  std::int64_t ends_;
};

}  // namespace picket::demo
