#include "tests/support/program.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "tests/support/give_up.h"

namespace picket::test {

std::string find_program(std::string_view name, std::string_view package) {
  const char* path = std::getenv("PATH");
  std::stringstream folders("/usr/lib/postgresql/15/bin:/usr/sbin:/sbin:/usr/bin:/bin:" +
                            std::string(path == nullptr ? "" : path));
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = folder + "/" + std::string(name);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  give_up("program " + std::string(name) + " is missing: apt-get install " + std::string(package));
}

}  // namespace picket::test
