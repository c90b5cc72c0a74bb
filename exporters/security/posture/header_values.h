// The values of security headers, read as a browser reads them. Pure; any bytes may come in. Sources: RFC 6797
// (Strict-Transport-Security), CSP level 3, RFC 7034 (X-Frame-Options), Referrer Policy, RFC 9651.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace picket::security {

struct Hsts {
  std::uint64_t max_age_seconds = 0;
  bool include_subdomains = false;
  bool preload = false;
};
/// InvalidInput, saying why, for a field that a browser ignores as a whole.
Result<Hsts> parse_hsts(std::string_view value);

/// One policy: directives in lower case with their words as written; a repeated directive counts once.
struct ContentPolicy {
  struct Directive {
    std::string name;
    std::vector<std::string> words;
  };
  std::vector<Directive> directives;

  /// The words of the first of the names that is there; null for none.
  const std::vector<std::string>* find(std::initializer_list<std::string_view> names) const;
};
/// Every policy of all the fields' values (a comma separates policies); at most 16 policies of 100 directives
/// and 200 words.
std::vector<ContentPolicy> parse_csp(const std::vector<std::string>& values);

/// What is wrong with the policies, all of which a browser enforces: one short sentence each. Empty: scripts,
/// plugins and the base URL are restricted.
std::vector<std::string> csp_problems(const std::vector<ContentPolicy>& policies);

enum class Framing : std::uint8_t {
  NotSaid,
  Restricted,
  Open  ///< anybody, or a value that browsers ignore
};
Framing csp_framing(const std::vector<ContentPolicy>& policies);
/// The values of every X-Frame-Options field.
Framing frame_options(const std::vector<std::string>& values);

/// The policy that a browser takes from the fields: the last known word; "" for none.
std::string referrer_policy(const std::vector<std::string>& values);
bool keeps_paths(std::string_view referrer_policy);

/// Why the fields do not limit anything; "" when they do.
std::string permissions_problem(const std::vector<std::string>& values);

/// Peers' text for people: valid UTF-8 without control characters, at most 120 bytes, in quotes.
std::string shown(std::string_view text);

}  // namespace picket::security
