#include "exporters/security/pages/overview_parts.h"

namespace picket::security {
namespace {

std::string trouble_of(const SourceStatus& source) {
  if (!source.problem.empty()) return source.problem;
  if (!source.checkpoint_problem.empty()) return "its position is not stored: " + source.checkpoint_problem;
  if (std::string problem = source.format_problem(); !problem.empty()) return problem;
  return source.caught_up ? "" : "what was read before a restart is read again";
}

std::string_view meaning_of(DetectionKind kind) {
  switch (kind) {
    case DetectionKind::BruteForce:
      return "Many failed logins";
    case DetectionKind::Spraying:
      return "One client tries many accounts";
    case DetectionKind::Stuffing:
      return "Many clients try many accounts, nearly all in vain";
    case DetectionKind::Enumeration:
      return "Looks for accounts or pages that do not exist";
    case DetectionKind::Scraping:
      break;
  }
  return "Reads very much";
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

std::vector<ClassView> class_views(const SignalsSnapshot& signals) {
  static_assert(kHourSteps == AttackHistory::kSteps);
  std::vector<ClassView> views;
  for (const AttackClass kind : kAttackClasses) {
    ClassView view{.category = std::string(to_string(kind))};
    const AttackHistory::Hour& hour = signals.hour.at(category_of(kind));
    for (std::size_t i = 0; i < kHourSteps; ++i) {
      view.matched.at(i) = hour.at(i).matched;
      view.accepted.at(i) = hour.at(i).accepted;
    }
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<DetectionView> detection_views(const SourceStatus& source) {
  std::vector<DetectionView> views;
  views.reserve(source.signals.detections.size());
  for (const ActiveDetection& detection : source.signals.detections)
    views.push_back({.kind = std::string(to_string(detection.kind)),
                     .severity = severity_of(detection.kind),
                     .source = source.name,
                     .client = detection.client,
                     .account = detection.account,
                     .summary = std::string(meaning_of(detection.kind)),
                     .is_claimed = detection.is_claimed,
                     .last = detection.last});
  return views;
}

std::vector<TopList> top_lists(const SignalsSnapshot& signals) {
  std::vector<TopList> lists;
  for (std::size_t i = 0; i < kTopKinds.size(); ++i) {
    if (signals.top[i].empty()) continue;
    TopList list{.measure = std::string(to_string(kTopKinds[i]))};
    for (const HeavyHitter& hitter : signals.top[i])
      list.entries.push_back({.key = hitter.client.text(),
                              .count = hitter.count,
                              .error = hitter.error,
                              .is_claimed = hitter.is_claimed});
    lists.push_back(std::move(list));
  }
  return lists;
}

}  // namespace picket::security
