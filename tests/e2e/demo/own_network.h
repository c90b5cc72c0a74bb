// A network of the test's own, with nothing but its loopback device: programs with fixed ports get theirs, whatever runs on
// the machine.
#pragma once

namespace picket::test {

/// For this thread and what it starts from now on. Where the kernel grants no such network, the machine's is used, and the
/// answer is false.
bool enter_own_network();

}  // namespace picket::test
