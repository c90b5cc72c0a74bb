// How a fixture says that it cannot do its work: GoogleTest turns the exception into a failure of the test.
#pragma once

#include <string>

namespace picket::test {

[[noreturn]] void give_up(const std::string& reason);

}  // namespace picket::test
