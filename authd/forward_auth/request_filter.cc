#include "authd/forward_auth/request_filter.h"

#include <algorithm>

#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kParametersMax = 256;
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

void add_new(std::vector<AttackMatch>& all, const std::vector<AttackMatch>& more) {
  for (const AttackMatch& match : more) {
    const auto is_same = [&match](const AttackMatch& other) { return other.rule == match.rule; };
    if (!std::ranges::any_of(all, is_same)) all.push_back(match);
  }
}

/// Each parameter alone: one cannot finish what another begins, and `&` is no shell's.
void scan_query(const Detector& detector, std::string_view query, std::vector<AttackMatch>& all) {
  const auto parts = split(query, '&');
  if (parts.size() > kParametersMax) return add_new(all, {kTooMany});
  for (const std::string_view part : parts) {
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals);
    if (!is_word(name)) add_new(all, detector.scan(decode_query_part(name)));
    if (equals < part.size()) add_new(all, detector.scan(decode_query_part(part.substr(equals + 1))));
  }
}

}  // namespace

RequestFilter::Finding RequestFilter::judged(std::vector<AttackMatch> matches) const {
  const bool is_blocked = mode_ == FilterMode::Block && !matches.empty();
  return {std::move(matches), is_blocked};
}

RequestFilter::Finding RequestFilter::look_at(const OriginalRequest& request) const {
  if (mode_ == FilterMode::Off) return {};
  std::vector<AttackMatch> matches = detector_.scan(request.path);
  if (request.raw_path != request.path) add_new(matches, detector_.scan(request.raw_path));
  if (!request.query.empty()) scan_query(detector_, request.query, matches);
  return judged(std::move(matches));
}

RequestFilter::Finding RequestFilter::look_at_text(std::string_view text) const {
  if (mode_ == FilterMode::Off) return {};
  std::vector<AttackMatch> matches = detector_.scan(text);
  add_new(matches, detector_.scan(decode_query_part(text)));
  return judged(std::move(matches));
}

}  // namespace picket::authd
