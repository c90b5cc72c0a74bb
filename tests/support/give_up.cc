#include "tests/support/give_up.h"

#include <stdexcept>

namespace picket::test {

void give_up(const std::string& reason) {
  throw std::runtime_error(reason);
}

}  // namespace picket::test
