#include "exporters/security/posture/header_values.h"

#include <algorithm>
#include <array>

#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/security/events/event_text.h"

namespace picket::security {

namespace {

constexpr std::size_t kMaxPolicies = 16;
constexpr std::size_t kMaxDirectives = 100;
constexpr std::size_t kMaxWords = 200;
constexpr std::size_t kMaxShown = 120;
constexpr std::size_t kMaxNamed = 40;
/// About 31,700 years: what is longer means as much.
constexpr std::uint64_t kMaxAge = 1'000'000'000'000;

using Words = std::vector<std::string>;

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// Values of all fields, cut at commas.
Words list_of(const std::vector<std::string>& values) {
  Words words;
  for (const std::string& value : values) {
    for (const std::string_view part : split(std::string_view(value), ',')) {
      if (const std::string_view word = trim(part); !word.empty()) words.emplace_back(word);
    }
  }
  return words;
}

Words words_of(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\f\r";
  Words words;
  while (words.size() <= kMaxWords) {
    const std::size_t from = text.find_first_not_of(kSpace);
    if (from == std::string_view::npos) break;
    text.remove_prefix(from);
    const std::size_t end = std::min(text.find_first_of(kSpace), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

ContentPolicy parse_policy(std::string_view text) {
  ContentPolicy policy;
  for (const std::string_view part : split(text, ';')) {
    Words words = words_of(part);
    if (words.empty() || policy.directives.size() >= kMaxDirectives) continue;
    std::string name = to_lower(words.front());
    if (policy.find({name}) != nullptr) continue;
    words.erase(words.begin());
    policy.directives.push_back({std::move(name), std::move(words)});
  }
  return policy;
}

bool holds(const Words& words, std::string_view word) {
  return std::ranges::any_of(words, [word](const std::string& each) { return iequals(each, word); });
}

bool holds_prefix(const Words& words, std::string_view prefix) {
  return std::ranges::any_of(words, [prefix](const std::string& each) {
    return iequals(std::string_view(each).substr(0, prefix.size()), prefix);
  });
}

/// A source that lets in sites nobody chose: "*", "https:", "data:", "https://*", "*.com".
const std::string* open_source(const Words& words) {
  const auto is_open = [](const std::string& word) {
    std::string_view host = word;
    if (host == "*" || host.ends_with(":")) return true;
    if (const auto scheme = host.find("://"); scheme != std::string_view::npos)
      host.remove_prefix(scheme + 3);
    host = host.substr(0, host.find_first_of(":/"));
    // "*.com" is as open as "*"; "*.example.com" is somebody's.
    return host == "*" || (host.starts_with("*.") && std::ranges::count(host, '.') == 1);
  };
  const auto found = std::ranges::find_if(words, is_open);
  return found == words.end() ? nullptr : &*found;
}

void judge_scripts(const Words& words, std::string_view name, Words& problems) {
  const bool listed = holds_prefix(words, "'nonce-") || holds_prefix(words, "'sha256-") ||
                      holds_prefix(words, "'sha384-") || holds_prefix(words, "'sha512-");
  const bool dynamic = holds(words, "'strict-dynamic'");
  // With a nonce or a hash browsers ignore 'unsafe-inline', with 'strict-dynamic' also hosts and schemes.
  if (holds(words, "'unsafe-inline'") && !listed && !dynamic)
    problems.push_back(fmt::format("{} holds 'unsafe-inline'", name));
  if (holds(words, "'unsafe-eval'")) problems.push_back(fmt::format("{} holds 'unsafe-eval'", name));
  if (const std::string* open = open_source(words); open != nullptr && !dynamic)
    problems.push_back(fmt::format("{} lets in {}", name, shown(*open)));
}

Words policy_problems(const ContentPolicy& policy) {
  Words problems;
  const auto judge_if_there = [&](std::string_view name) {
    const Words* words = policy.find({name});
    if (words != nullptr) judge_scripts(*words, name, problems);
    return words != nullptr;
  };
  if (!judge_if_there("script-src") && !judge_if_there("default-src"))
    problems.emplace_back("neither script-src nor default-src is set");
  judge_if_there("script-src-elem");
  judge_if_there("script-src-attr");
  const Words* objects = policy.find({"object-src", "default-src"});
  if (objects == nullptr) {
    problems.emplace_back("neither object-src nor default-src is set");
  } else if (const std::string* open = open_source(*objects); open != nullptr) {
    problems.push_back(fmt::format("object-src lets in {}", shown(*open)));
  }
  const Words* base = policy.find({"base-uri"});
  if (base == nullptr) {
    problems.emplace_back("base-uri is not set");
  } else if (const std::string* open = open_source(*base); open != nullptr) {
    problems.push_back(fmt::format("base-uri lets in {}", shown(*open)));
  }
  return problems;
}

struct HstsDirective {
  std::string name;
  std::string_view argument;
};

HstsDirective directive_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  return {to_lower(trim(text.substr(0, equals))),
          equals == std::string_view::npos ? "" : unquoted(trim(text.substr(equals + 1)))};
}

Result<void> set_directive(const HstsDirective& directive, Hsts& hsts) {
  if (directive.name == "max-age") {
    if (!is_digits(directive.argument)) return fail(ErrorKind::InvalidInput, "max-age is not a number");
    const Result<std::int64_t> age = parse_int(directive.argument);
    hsts.max_age_seconds = age ? std::min(static_cast<std::uint64_t>(*age), kMaxAge) : kMaxAge;
  }
  hsts.include_subdomains = hsts.include_subdomains || directive.name == "includesubdomains";
  hsts.preload = hsts.preload || directive.name == "preload";
  return {};
}

}  // namespace

std::string shown(std::string_view text) {
  return fmt::format("\"{}\"", readable_text(trim(text), kMaxShown));
}

Result<Hsts> parse_hsts(std::string_view value) {
  Hsts hsts;
  std::vector<std::string> seen;
  for (const std::string_view part : split(value, ';')) {
    if (trim(part).empty()) continue;
    HstsDirective directive = directive_of(trim(part));
    if (std::ranges::find(seen, directive.name) != seen.end())
      return fail(ErrorKind::InvalidInput,
                  fmt::format("{} stands twice", truncate(directive.name, kMaxNamed)));
    if (const Result<void> set = set_directive(directive, hsts); !set) return fail(set);
    seen.push_back(std::move(directive.name));
    if (seen.size() > kMaxDirectives) return fail(ErrorKind::InvalidInput, "it has too many directives");
  }
  if (std::ranges::find(seen, "max-age") == seen.end())
    return fail(ErrorKind::InvalidInput, "it has no max-age");
  return hsts;
}

const Words* ContentPolicy::find(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(directives, name, &Directive::name);
    if (found != directives.end()) return &found->words;
  }
  return nullptr;
}

std::vector<ContentPolicy> parse_csp(const std::vector<std::string>& values) {
  std::vector<ContentPolicy> policies;
  for (const std::string& value : values) {
    for (const std::string_view part : split(std::string_view(value), ',')) {
      if (policies.size() >= kMaxPolicies) return policies;
      ContentPolicy policy = parse_policy(part);
      if (!policy.directives.empty()) policies.push_back(std::move(policy));
    }
  }
  return policies;
}

/// Of the best of the policies: each restricts what the others let through.
std::vector<std::string> csp_problems(const std::vector<ContentPolicy>& policies) {
  if (policies.empty()) return {"no policy is sent"};
  Words fewest = policy_problems(policies.front());
  for (const ContentPolicy& policy : policies) {
    Words problems = policy_problems(policy);
    if (problems.size() < fewest.size()) fewest = std::move(problems);
  }
  return fewest;
}

Framing csp_framing(const std::vector<ContentPolicy>& policies) {
  Framing framing = Framing::NotSaid;
  for (const ContentPolicy& policy : policies) {
    const Words* words = policy.find({"frame-ancestors"});
    if (words == nullptr) continue;
    if (open_source(*words) == nullptr) return Framing::Restricted;
    framing = Framing::Open;
  }
  return framing;
}

Framing frame_options(const std::vector<std::string>& values) {
  const Words words = list_of(values);
  if (words.empty()) return Framing::NotSaid;
  const auto same = [&words](std::string_view wanted) {
    return std::ranges::all_of(words, [wanted](const std::string& word) { return iequals(word, wanted); });
  };
  return same("deny") || same("sameorigin") ? Framing::Restricted : Framing::Open;
}

std::string referrer_policy(const std::vector<std::string>& values) {
  constexpr std::array<std::string_view, 8> kKnown = {"no-referrer",
                                                      "no-referrer-when-downgrade",
                                                      "same-origin",
                                                      "origin",
                                                      "strict-origin",
                                                      "origin-when-cross-origin",
                                                      "strict-origin-when-cross-origin",
                                                      "unsafe-url"};
  std::string policy;
  for (const std::string& word : list_of(values)) {
    if (const std::string lower = to_lower(word); std::ranges::find(kKnown, lower) != kKnown.end())
      policy = lower;
  }
  return policy;
}

bool keeps_paths(std::string_view policy) {
  return policy == "no-referrer" || policy == "same-origin" || policy == "strict-origin" ||
         policy == "strict-origin-when-cross-origin";
}

std::string permissions_problem(const std::vector<std::string>& values) {
  constexpr std::array<std::string_view, 7> kSensitive = {"camera", "microphone", "geolocation",    "payment",
                                                          "usb",    "serial",     "display-capture"};
  bool limits = false;
  for (const std::string& member : list_of(values)) {
    const std::size_t equals = member.find('=');
    if (equals == std::string::npos) return fmt::format("{} is not name=(allowlist)", shown(member));
    const std::string name = to_lower(trim(std::string_view(member).substr(0, equals)));
    const std::string_view allowed = trim(std::string_view(member).substr(equals + 1));
    if (!allowed.starts_with('(') && allowed != "*" && allowed != "self")
      return fmt::format("{} is not name=(allowlist)", shown(member));
    const bool everybody = allowed == "*" || allowed.find('*') == 1;
    if (everybody && std::ranges::find(kSensitive, name) != kSensitive.end())
      return fmt::format("{} is allowed to every site", name);
    limits = limits || !everybody;
  }
  return limits ? "" : "it limits no feature";
}

}  // namespace picket::security
