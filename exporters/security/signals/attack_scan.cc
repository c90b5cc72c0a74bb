#include "exporters/security/signals/attack_scan.h"

#include <algorithm>
#include <functional>

#include "base/text/strings.h"

namespace picket::security {
namespace {

constexpr std::size_t kParametersMax = 256;

void add_new(std::vector<AttackMatch>& all, const std::vector<AttackMatch>& more) {
  for (const AttackMatch& match : more) {
    const auto is_same = [&match](const AttackMatch& other) { return other.rule == match.rule; };
    if (!std::ranges::any_of(all, is_same)) all.push_back(match);
  }
}

/// As the application sees it: decoded once. The detector decodes again where it can.
void scan_text(const Detector& detector, std::string_view text, std::vector<AttackMatch>& all) {
  if (text.empty() || text == "-") return;
  const bool has_escapes = text.find('%') != std::string_view::npos;
  add_new(all, has_escapes ? detector.scan(decode_loosely(text)) : detector.scan(text));
}

void scan_parameter(const Detector& detector, std::string_view text, std::vector<AttackMatch>& all) {
  if (text.find('+') == std::string_view::npos) return scan_text(detector, text, all);
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  scan_text(detector, spaced, all);
}

/// Names of parameters are mostly words; only odd ones are worth a scan.
bool is_word(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// Each parameter alone: one cannot finish what another begins, and `&` is no shell's. Those beyond the limit
/// are scanned together.
void scan_query(const Detector& detector, std::string_view query, std::vector<AttackMatch>& all) {
  for (std::size_t count = 1; !query.empty(); ++count) {
    const std::size_t end = count < kParametersMax ? std::min(query.find('&'), query.size()) : query.size();
    const std::string_view part = query.substr(0, end);
    const std::size_t equals = std::min(part.find('='), part.size());
    if (equals == part.size() || !is_word(part.substr(0, equals)))
      scan_parameter(detector, part.substr(0, equals), all);
    if (equals < part.size()) scan_parameter(detector, part.substr(equals + 1), all);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
}

}  // namespace

void AttackScan::scan_repeated(std::string_view text, std::vector<AttackMatch>& all) {
  if (text.empty() || text.size() > kCleanTextMax) return scan_text(detector_, text, all);
  std::string& known = clean_.at(std::hash<std::string_view>()(text) % kCleanTexts);
  if (known == text) return;
  std::vector<AttackMatch> found;
  scan_text(detector_, text, found);
  if (found.empty())
    known = text;
  else
    add_new(all, found);
}

std::vector<AttackMatch> AttackScan::matches(const LogRecord& record) {
  std::vector<AttackMatch> all;
  const std::size_t mark = std::min(record.target.find('?'), record.target.size());
  scan_text(detector_, record.target.substr(0, mark), all);
  if (mark < record.target.size()) scan_query(detector_, record.target.substr(mark + 1), all);
  scan_repeated(record.referer, all);
  scan_repeated(record.user_agent, all);
  for (const auto& [name, value] : record.fields) scan_repeated(value, all);
  return all;
}

}  // namespace picket::security
