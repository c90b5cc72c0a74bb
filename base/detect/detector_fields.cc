#include <algorithm>

#include "base/detect/detector.h"
#include "base/detect/readings.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::size_t kNameMax = 64;
constexpr AttackMatch kTooMany{"too_many_parameters", AttackClass::Unscannable};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Names of parameters are mostly words; only odd ones are worth a scan, and those that name a member.
bool is_word(std::string_view name) {
  const auto is_fit = [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; };
  return std::ranges::all_of(name, is_fit) && !name.starts_with('_') && !name.starts_with('-');
}

/// "a[b]", "a.b" and what a program writes so: the part is one parameter.
bool is_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return is_letter_or_digit(c) || std::string_view("_-.[]$:@,%").find(c) != std::string_view::npos;
  });
}

bool is_authority(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || std::string_view(".-_:@[]").find(c) != std::string_view::npos;
  });
}

/// A field of a form writes a blank as a plus.
std::string with_blanks(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '+', ' ');
  return out;
}

void add_new(Detector::Finding& finding, const std::vector<AttackMatch>& more, std::string_view where) {
  if (finding.matches.empty() && !more.empty()) finding.where = where;
  add_new(finding.matches, more);
}

struct Url {
  std::string_view authority{};
  std::string_view path{};
  std::string_view query{};
};

Url url_of(std::string_view text) {
  Url url;
  const std::size_t colon = text.find("://");
  if (colon != std::string_view::npos && std::ranges::all_of(text.substr(0, colon), is_letter_or_digit)) {
    text.remove_prefix(colon + 3);
    url.authority = text.substr(0, text.find_first_of("/?#"));
    text.remove_prefix(url.authority.size());
  }
  const std::size_t question = std::min(text.find('?'), text.size());
  url.path = text.substr(0, question);
  if (question < text.size()) url.query = text.substr(question + 1);
  return url;
}

class QueryScan {
 public:
  QueryScan(const Detector& detector, Detector::Finding& finding) : detector_(detector), finding_(finding) {}

  void read(std::string_view query) {
    const auto parts = split(query, '&');
    if (parts.size() > Detector::kParametersMax) return add_new(finding_, {kTooMany}, "query");
    bool is_broken = query.find("&&") != std::string_view::npos;
    for (const std::string_view part : parts) is_broken = !read_parameter(part) || is_broken;
    if (is_broken && parts.size() > 1) add_new(finding_, scan(query), "query");
  }

 private:
  /// False when it is hardly a parameter.
  bool read_parameter(std::string_view part) {
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals);
    if (equals < part.size()) {
      const auto matches = scan(part.substr(equals + 1));
      if (!matches.empty()) add_new(finding_, matches, "parameter " + truncate(name, kNameMax));
    }
    if (is_word(name)) return true;
    add_new(finding_, scan(part), "name of a parameter");
    return is_name(name);
  }

  /// A plus is a blank, or a digit of base64.
  std::vector<AttackMatch> scan(std::string_view text) const {
    if (text.find('+') == std::string_view::npos) return detector_.scan(text, TextPart::Value);
    auto matches = detector_.scan(with_blanks(text), TextPart::Value);
    for (const std::string& hidden : decode_base64_runs(decode_escapes(text))) {
      add_new(matches, detector_.scan(hidden, TextPart::Value));
    }
    return matches;
  }

  const Detector& detector_;
  Detector::Finding& finding_;
};

}  // namespace

void add_new(std::vector<AttackMatch>& matches, const std::vector<AttackMatch>& more) {
  for (const AttackMatch& match : more) {
    const auto is_same = [&match](const AttackMatch& other) { return other.rule == match.rule; };
    if (!std::ranges::any_of(matches, is_same)) matches.push_back(match);
  }
}

Detector::Finding Detector::scan_target(std::string_view path, std::string_view query) const {
  Finding finding;
  add_new(finding, scan(path, TextPart::Path), "path");
  if (!query.empty()) QueryScan(*this, finding).read(query);
  return finding;
}

std::vector<AttackMatch> Detector::scan_raw(std::string_view field, FieldKind kind) const {
  if (kind == FieldKind::UserAgent) return scan(field, TextPart::UserAgent);
  if (kind == FieldKind::Host && is_authority(field)) return {};
  if (kind == FieldKind::Host || kind == FieldKind::Other) return scan(field, TextPart::Value);
  const Url url = url_of(field);
  if (kind == FieldKind::Target) return scan_target(url.path, url.query).matches;
  Finding finding;
  const bool is_odd = !is_authority(url.authority) || url.authority.empty();
  add_new(finding.matches, scan(is_odd ? field : url.path, TextPart::Value));
  if (!url.query.empty()) QueryScan(*this, finding).read(url.query);
  return std::move(finding.matches);
}

}  // namespace picket
