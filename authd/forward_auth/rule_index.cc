#include "authd/forward_auth/rule_index.h"

#include <algorithm>
#include <set>

namespace picket::authd {

void RuleIndex::add(const std::vector<PathPattern>& paths) {
  const int rule = count_++;
  const auto is_bound = [](const PathPattern& pattern) { return pattern.segment().has_value(); };
  if (paths.empty() || !std::ranges::all_of(paths, is_bound)) {
    any_.push_back(rule);
    return;
  }
  std::set<std::string> segments;
  for (const PathPattern& pattern : paths) segments.insert(*pattern.segment());
  for (const std::string& segment : segments) by_segment_[segment].push_back(rule);
}

}  // namespace picket::authd
