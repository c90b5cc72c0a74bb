// Families of /metrics (text format 0.0.4) and of docs/metrics.md, to be compared.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace picket::test {

struct Family {
  std::string type;              ///< counter, gauge, histogram
  std::set<std::string> labels;  ///< of any of its series; without `le`
  bool operator==(const Family&) const = default;
};
using Families = std::map<std::string, Family>;

/// Gives up when a family is announced twice, or a sample is of none.
Families families_of(std::string_view exposition);
/// Joined with what was seen before: a label is there when one series had it.
void add_families(Families& seen, const Families& more);

/// The tables below the heading "## <daemon>", and those of every daemon with its prefix.
Families documented_families(std::string_view document, const std::string& daemon);

/// "health_check_up: documented, never seen" and the like, one a line.
std::string differences(const Families& documented, const Families& seen,
                        const std::map<std::string, std::string>& not_provoked);

}  // namespace picket::test
