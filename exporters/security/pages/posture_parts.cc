#include "exporters/security/pages/posture_parts.h"

#include <algorithm>

namespace picket::security {
namespace {

PostureTarget target_of(const ScanStatus& status) {
  PostureTarget target{.target = status.config->label(),
                       .error = status.scanned && !status.success ? status.error : ""};
  if (!status.result) return target;
  target.score = status.result->score;
  target.scanned = status.result->finished;
  for (const CheckResult& result : status.result->checks) {
    const Check& check = *result.check;
    if (result.outcome == Outcome::Pass) target.passed.emplace_back(check.title);
    if (result.outcome == Outcome::Fail)
      target.findings.push_back({.check = std::string(check.id),
                                 .severity = result.severity,
                                 .summary = fmt::format("{}: no, {}", check.title,
                                                        result.seen.empty() ? "it is not so" : result.seen),
                                 .what_to_do = std::string(check.advice)});
  }
  std::ranges::stable_sort(target.findings, std::greater<>(), &PostureFinding::severity);
  return target;
}

}  // namespace

std::vector<PostureTarget> posture_targets(const PostureSnapshot& posture) {
  std::vector<PostureTarget> targets;
  targets.reserve(posture.targets.size());
  for (const ScanStatus& status : posture.targets) targets.push_back(target_of(status));
  return targets;
}

}  // namespace picket::security
