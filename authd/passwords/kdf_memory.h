// The large block that one password hash works in, from the kernel and back to it each time, so that an idle
// daemon holds none. In huge pages where the system gives them: argon2 reads all over the block, and with
// pages of 4 KiB a third of its time goes into getting and finding them (transparent_hugepage "madvise" or
// "always"; without it, plain pages). Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace picket::authd {

/// For libargon2's allocate_cbk: zero, and the block; or not zero and null when there is no memory.
int take_kdf_memory(std::uint8_t** block, std::size_t bytes);
/// For its free_cbk, which has wiped the block: `bytes` as it was taken.
void give_back_kdf_memory(std::uint8_t* block, std::size_t bytes);

}  // namespace picket::authd
