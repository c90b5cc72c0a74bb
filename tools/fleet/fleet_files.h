// fleet_files as a function: what main() calls.
#pragma once

#include <iosfwd>

namespace picket::fleet {

/// Writes what ./picket run starts the fleet with, and tells what it did. The exit status: 1, with the reason
/// on `errors`, when overrides.yml is wrong or a file cannot be written.
int run_fleet_files(int argc, const char* const* argv, std::ostream& out, std::ostream& errors);

}  // namespace picket::fleet
