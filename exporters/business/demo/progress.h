// Says how a long load goes: what is made, how much of it, how fast, how long it takes yet. At most a line a
// second. Not thread-safe.
#pragma once

#include <functional>
#include <string>

#include "base/time/clock.h"

namespace picket::business {

/// Gets a line without its end.
using Say = std::function<void(const std::string& line)>;

class Progress {
 public:
  Progress(const Clock& clock, Say say) : clock_(clock), say_(std::move(say)), begun_(clock.mono()) {}

  /// A part of the load begins: "customers", of which there will be so many.
  void begin(std::string what, std::int64_t expected);
  /// So many of them are done, with so many rows since the last call.
  void add(std::int64_t done, std::size_t rows);
  /// Says what came of it all.
  void end();

 private:
  void line(MonoTime now);

  const Clock& clock_;
  const Say say_;
  const MonoTime begun_;
  std::string what_;
  std::int64_t expected_ = 0, done_ = 0;
  std::size_t rows_ = 0, rows_before_ = 0;  ///< in all; when the part began
  MonoTime part_begun_{}, last_line_{};
};

/// "1,234,567".
std::string grouped(std::int64_t number);

}  // namespace picket::business
