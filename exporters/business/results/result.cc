#include "exporters/business/results/result.h"

namespace picket::business {

std::string_view to_string(DropReason reason) {
  constexpr std::array<std::string_view, kDropReasons> kNames = {"null_value", "null_label", "not_a_number",
                                                                 "overflow",   "negative",   "invalid_utf8",
                                                                 "duplicate",  "decrease"};
  return kNames[static_cast<std::size_t>(reason)];
}

}  // namespace picket::business
