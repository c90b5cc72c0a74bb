#include "exporters/security/pages/overview_parts.h"

namespace picket::security {
namespace {

std::string trouble_of(const SourceStatus& source) {
  if (!source.problem.empty()) return source.problem;
  if (!source.checkpoint_problem.empty()) return "its position is not stored: " + source.checkpoint_problem;
  return source.caught_up ? "" : "what was read before a restart is read again";
}

}  // namespace

SourceView source_view(const SourceStatus& source) {
  std::uint64_t failures = source.counts.tail.oversize_lines;
  for (const ParseResult result :
       {ParseResult::Format, ParseResult::Oversize, ParseResult::Binary, ParseResult::Time})
    failures += source.counts.parsed[static_cast<std::size_t>(result)];
  return {.name = source.name,
          .type = std::string(to_string(source.type)),
          .path = source.path,
          .is_up = source.problem.empty(),
          .error = trouble_of(source),
          .lines = source.counts.tail.lines + source.counts.tail.oversize_lines,
          .parse_failures = failures,
          .lag_bytes = source.lag_bytes,
          .lost_bytes = source.counts.tail.lost_bytes,
          .last_event = source.counts.last_event};
}

std::vector<TopList> top_lists(const SignalsSnapshot& signals) {
  std::vector<TopList> lists;
  for (std::size_t i = 0; i < kTopKinds.size(); ++i) {
    if (signals.top[i].empty()) continue;
    TopList list{.by = TopBy::Clients, .measure = std::string(to_string(kTopKinds[i]))};
    for (const HeavyHitter& hitter : signals.top[i])
      list.entries.push_back({.key = hitter.client.text(), .count = hitter.count, .error = hitter.error});
    lists.push_back(std::move(list));
  }
  return lists;
}

}  // namespace picket::security
