// The API of the demo company: requests an hour by route and plan, and the keys with their quotas.
#pragma once

#include "exporters/business/demo/stage.h"

namespace picket::business {

/// The keys of an organisation, as they are at the end of the history.
void hand_out_keys(Stage& stage, std::int64_t organisation);

class Meter {
 public:
  /// Counts the requests of a slice within one hour: into new rows at first, then on top of those.
  void count(Stage& stage, Period slice);

 private:
  std::int64_t hour_ = -1;
  std::int64_t first_row_ = 0;  ///< of the hour's rows, which follow each other
};

/// In the life after the history: keys are used, and a new month begins with nothing used.
void use_keys(Stage& stage, Period slice);

}  // namespace picket::business
