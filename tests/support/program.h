// Finds a program that Debian ships. A test that needs it fails with the package's name when it is missing.
#pragma once

#include <string>
#include <string_view>

namespace picket::test {

/// Path of `name`, from PATH, the sbin folders or PostgreSQL's own folder. Gives up naming `package`.
std::string find_program(std::string_view name, std::string_view package);

}  // namespace picket::test
