// Waiting for something that another thread or process does: asks again and again until it is so or the time
// is over. Used by every test instead of a sleep.
#pragma once

#include <chrono>
#include <functional>

namespace picket::test {

/// True as soon as `predicate` is; false when it was not within `within`. Asks every 5 ms.
bool wait_until(std::chrono::milliseconds within, const std::function<bool()>& predicate);

/// The same with a pause of one's own between two questions, for predicates that cost something.
bool wait_until(std::chrono::milliseconds within, std::chrono::milliseconds pause,
                const std::function<bool()>& predicate);

}  // namespace picket::test
