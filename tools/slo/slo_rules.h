// slo_rules as a function: what main() calls.
#pragma once

#include <iosfwd>

namespace picket::slo {

/// Without a file, writes rules/slo.yml, rules/objectives.yml and their tests from rules/slo/*.yml; with
/// files, prints theirs. The exit status: 1, with the reason on `errors`, when an objective is wrong, a file
/// cannot be written, or --check finds one that differs.
int run_slo_rules(int argc, const char* const* argv, std::ostream& out, std::ostream& errors);

}  // namespace picket::slo
