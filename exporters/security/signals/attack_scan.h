// The one place where the signals ask base/detect what a logged request holds. Hosts, referers and user agents come
// again and again: what was found clean lately is not scanned again. The answers are the same without that.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/detect/detector.h"
#include "exporters/security/records/log_record.h"

namespace picket::security {

class AttackScan {
 public:
  explicit AttackScan(Detector detector) : detector_(std::move(detector)) {}

  /// The rules that match the target (path and each parameter), host, referer, user agent or a chosen field:
  /// each once. They live as long as this.
  std::vector<AttackMatch> matches(const LogRecord& record);
  const Detector& detector() const { return detector_; }

 private:
  static constexpr std::size_t kCleanTexts = 512;
  static constexpr std::size_t kCleanTextMax = 512;  ///< bytes; longer ones are scanned each time

  void scan_repeated(std::string_view text, FieldKind kind, std::vector<AttackMatch>& all);

  Detector detector_;
  std::array<std::pair<FieldKind, std::string>, kCleanTexts> clean_;  ///< each at the place of its hash
};

}  // namespace picket::security
