#include "exporters/security/signals/signal_names.h"

#include <algorithm>

namespace picket::security {

std::string_view to_string(Direction direction) {
  return direction == Direction::Sent ? "sent" : "received";
}

std::string_view to_string(TransferReason reason) {
  switch (reason) {
    case TransferReason::Size:
      return "size";
    case TransferReason::Rate:
      return "rate";
    case TransferReason::Baseline:
      return "baseline";
    case TransferReason::Hour:
      break;
  }
  return "hour";
}

std::string_view to_string(DetectionKind kind) {
  switch (kind) {
    case DetectionKind::BruteForce:
      return "brute_force";
    case DetectionKind::Spraying:
      return "spraying";
    case DetectionKind::Stuffing:
      return "stuffing";
    case DetectionKind::Enumeration:
      return "enumeration";
    case DetectionKind::Scraping:
      break;
  }
  return "scraping";
}

std::size_t index_in(std::span<const std::string_view> names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end() - 1, name);
  return static_cast<std::size_t>(found - names.begin());
}

std::size_t status_class_of(int status) {
  const bool is_known = status >= 100 && status < 600;
  return is_known ? static_cast<std::size_t>(status / 100 - 1) : kStatusClasses.size() - 1;
}

std::size_t category_of(AttackClass kind) {
  const auto found = std::find(kAttackClasses.begin(), kAttackClasses.end() - 1, kind);
  return static_cast<std::size_t>(found - kAttackClasses.begin());
}

}  // namespace picket::security
