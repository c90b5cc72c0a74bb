#include "tests/support/wait.h"

#include <poll.h>

namespace picket::test {

bool wait_until(std::chrono::milliseconds within, std::chrono::milliseconds pause,
                const std::function<bool()>& predicate) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!predicate()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    ::poll(nullptr, 0, static_cast<int>(pause.count()));
  }
  return true;
}

bool wait_until(std::chrono::milliseconds within, const std::function<bool()>& predicate) {
  return wait_until(within, std::chrono::milliseconds(5), predicate);
}

}  // namespace picket::test
