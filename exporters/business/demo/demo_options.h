// What was typed behind `business-demo`.
#pragma once

#include <string>

#include "base/sql/database.h"
#include "base/time/clock.h"

namespace picket::business {

struct DemoOptions {
  sql::Dsn dsn{};
  std::int64_t organisations = 200;
  std::int64_t customers = 20'000;
  std::int64_t days = 90;
  std::uint64_t seed = 1;
  WallTime until{};  ///< whole seconds
  bool live = false;
  std::string print{};  ///< help or version: to be printed, and that is all
};

/// The error names every mistake, a line each. `now` is where the history ends unless --until says otherwise.
Result<DemoOptions> read_demo_options(int argc, const char* const* argv, WallTime now);

}  // namespace picket::business
