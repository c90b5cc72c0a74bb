#include "authd/forward_auth/request_filter.h"

namespace picket::authd {
RequestFilter::Finding RequestFilter::judged(Detector::Finding finding) const {
  const bool is_blocked = mode_ == FilterMode::Block && !finding.matches.empty();
  return {std::move(finding.matches), is_blocked, std::move(finding.where)};
}

RequestFilter::Finding RequestFilter::look_at(const OriginalRequest& request) const {
  if (mode_ == FilterMode::Off) return {};
  return judged(detector_.scan_target(request.raw_path, request.query));
}

RequestFilter::Finding RequestFilter::look_at_text(std::string_view text) const {
  if (mode_ == FilterMode::Off) return {};
  auto matches = detector_.scan_raw(text, FieldKind::Target);
  std::string where(matches.empty() ? "" : "address");
  return judged({std::move(matches), std::move(where)});
}

}  // namespace picket::authd
