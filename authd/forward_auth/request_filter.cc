#include "authd/forward_auth/request_filter.h"

#include <algorithm>

#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kParametersMax = 256;
constexpr std::size_t kNameMax = 64;
constexpr std::string_view kPath = "path";
constexpr std::string_view kAddress = "address";
constexpr AttackMatch kTooMany{"too_many_parameters", AttackClass::Unscannable};

std::string decode_query_part(std::string_view text) {
  return decode_loosely(replace_all(text, "+", " "));
}

/// Names of parameters are mostly words; only odd ones are worth a scan.
bool is_word(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return std::ranges::all_of(name, is_letter);
}

using Finding = RequestFilter::Finding;

void add_new(Finding& finding, const std::vector<AttackMatch>& more, std::string_view where) {
  if (finding.matches.empty() && !more.empty()) finding.where = where;
  for (const AttackMatch& match : more) {
    const auto is_same = [&match](const AttackMatch& other) { return other.rule == match.rule; };
    if (!std::ranges::any_of(finding.matches, is_same)) finding.matches.push_back(match);
  }
}

/// Each parameter alone: one cannot finish what another begins, and `&` is no shell's.
void scan_query(const Detector& detector, std::string_view query, Finding& finding) {
  const auto parts = split(query, '&');
  if (parts.size() > kParametersMax) return add_new(finding, {kTooMany}, "query");
  for (const std::string_view part : parts) {
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals);
    if (!is_word(name)) add_new(finding, detector.scan(decode_query_part(name)), "name of a parameter");
    if (equals == part.size()) continue;
    const auto matches = detector.scan(decode_query_part(part.substr(equals + 1)));
    if (!matches.empty()) add_new(finding, matches, "parameter " + truncate(name, kNameMax));
  }
}

}  // namespace

RequestFilter::Finding RequestFilter::judged(Finding finding) const {
  finding.is_blocked = mode_ == FilterMode::Block && !finding.matches.empty();
  return finding;
}

RequestFilter::Finding RequestFilter::look_at(const OriginalRequest& request) const {
  if (mode_ == FilterMode::Off) return {};
  Finding finding;
  add_new(finding, detector_.scan(request.path), kPath);
  if (request.raw_path != request.path) add_new(finding, detector_.scan(request.raw_path), kPath);
  if (!request.query.empty()) scan_query(detector_, request.query, finding);
  return judged(std::move(finding));
}

RequestFilter::Finding RequestFilter::look_at_text(std::string_view text) const {
  if (mode_ == FilterMode::Off) return {};
  Finding finding;
  add_new(finding, detector_.scan(text), kAddress);
  add_new(finding, detector_.scan(decode_query_part(text)), kAddress);
  return judged(std::move(finding));
}

}  // namespace picket::authd
