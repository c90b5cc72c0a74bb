#include "exporters/security/signals/attack_scan.h"

#include <functional>

namespace picket::security {

void AttackScan::scan_repeated(std::string_view text, FieldKind kind, std::vector<AttackMatch>& all) {
  if (text.empty() || text == "-") return;
  if (text.size() > kCleanTextMax) return add_new(all, detector_.scan_raw(text, kind));
  const std::size_t place = std::hash<std::string_view>()(text) + static_cast<std::size_t>(kind);
  auto& [known_kind, known] = clean_.at(place % kCleanTexts);
  if (known == text && known_kind == kind) return;
  const std::vector<AttackMatch> found = detector_.scan_raw(text, kind);
  add_new(all, found);
  if (!found.empty()) return;
  known_kind = kind;
  known = text;
}

std::vector<AttackMatch> AttackScan::matches(const LogRecord& record) {
  std::vector<AttackMatch> all;
  if (!record.target.empty()) all = detector_.scan_raw(record.target, FieldKind::Target);
  scan_repeated(record.host, FieldKind::Host, all);
  scan_repeated(record.referer, FieldKind::Referer, all);
  scan_repeated(record.user_agent, FieldKind::UserAgent, all);
  for (const auto& [name, value] : record.fields) scan_repeated(value, FieldKind::Other, all);
  return all;
}

}  // namespace picket::security
