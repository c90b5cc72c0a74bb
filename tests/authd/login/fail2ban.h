// The filter for fail2ban that docs/security.md shows, on a line of the log.
#pragma once

#include <string>

#include "base/text/regex.h"
#include "base/text/strings.h"
#include "tests/support/documentation.h"

namespace picket::authd {

/// The address that fail2ban would ban for it; "" when the filter does not match.
inline std::string banned_by(const std::string& line) {
  const std::string filter = test::documented("docs/security.md", "ini");
  constexpr std::string_view kKey = "failregex = ";
  const std::string rest = filter.substr(filter.find(kKey) + kKey.size());
  const std::string pattern =
      replace_all(rest.substr(0, rest.find('\n')), "<HOST>", "(?P<host>[0-9A-Fa-f:.]+)");
  const auto groups = Regex::compile(pattern).value().groups(line);
  return groups.size() < 2 ? "" : groups[1];
}

}  // namespace picket::authd
