#include "exporters/health/engine/check_status.h"

namespace picket::health {

const CheckStatus* Snapshot::find(std::string_view name) const {
  for (const CheckStatus& check : checks) {
    if (check.config->name == name) return &check;
  }
  return nullptr;
}

}  // namespace picket::health
