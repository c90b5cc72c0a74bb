#include "authd/passwords/kdf_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <limits>

namespace picket::authd {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kBytesMax = std::numeric_limits<std::size_t>::max() / 4;

std::size_t whole_pages(std::size_t bytes) {
  return (bytes + kHugePage - 1) / kHugePage * kHugePage;
}

std::uint8_t* map(std::size_t bytes) {
  void* const block = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return block == MAP_FAILED ? nullptr : static_cast<std::uint8_t*>(block);
}

/// A huge page begins where its address divides by its size: what is before and behind goes back.
std::uint8_t* map_huge(std::size_t bytes) {
  std::uint8_t* const found = map(bytes + kHugePage);
  if (found == nullptr) return nullptr;
  const std::size_t before = (kHugePage - reinterpret_cast<std::uintptr_t>(found) % kHugePage) % kHugePage;
  if (before > 0) ::munmap(found, before);
  ::munmap(found + before + bytes, kHugePage - before);
  ::madvise(found + before, bytes, MADV_HUGEPAGE);
  return found + before;
}

}  // namespace

int take_kdf_memory(std::uint8_t** block, std::size_t bytes) {
  if (bytes > kBytesMax) {
    *block = nullptr;
  } else {
    *block = bytes < kHugePage ? map(bytes) : map_huge(whole_pages(bytes));
  }
  return *block == nullptr ? ENOMEM : 0;
}

void give_back_kdf_memory(std::uint8_t* block, std::size_t bytes) {
  ::munmap(block, bytes < kHugePage ? bytes : whole_pages(bytes));
}

}  // namespace picket::authd
