// A network of the test's own: programs with fixed ports get theirs, whatever runs on the machine. It has a loopback device
// and one, net0, that leads nowhere: boards show the others than loopback.
#pragma once

namespace picket::test {

/// For this thread and what it starts from now on. Where the kernel grants no such network, the machine's is used, and the
/// answer is false.
bool enter_own_network();

}  // namespace picket::test
