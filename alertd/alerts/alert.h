// An alert as routing, muting and notifying see it: a condition with labels that began, and perhaps ended.
#pragma once

#include <string>

#include "alertd/series/labels.h"
#include "alertd/series/timestamp.h"

namespace picket::alertd {

struct Alert {
  Labels labels;
  Labels annotations;
  Timestamp starts_at{};
  Timestamp ends_at{};  ///< kNever: it goes on
  Timestamp updated_at{};
  std::string generator_url;

  Fingerprint fingerprint() const { return labels.fingerprint(); }
  bool resolved() const { return ends_at != kNever; }
};

}  // namespace picket::alertd
