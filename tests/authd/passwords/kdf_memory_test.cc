#include "authd/passwords/kdf_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace picket::authd {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kPage = 4096;

/// Whether the page at this address is the process's.
bool is_mapped(std::uint8_t* page) {
  return ::msync(page, kPage, MS_ASYNC) == 0;
}

TEST(KdfMemory, IsThereWhollyAndGoesBackWholly) {
  for (const std::size_t bytes : {8 * 1024UL, 2 * kMiB - kPage, 2 * kMiB, 19 * kMiB, 21 * kMiB + kPage}) {
    std::uint8_t* block = nullptr;
    ASSERT_EQ(take_kdf_memory(&block, bytes), 0) << bytes;
    ASSERT_NE(block, nullptr);
    std::fill_n(block, bytes, std::uint8_t{0xA5});
    give_back_kdf_memory(block, bytes);
    for (std::size_t at = 0; at < bytes; at += kPage)
      ASSERT_FALSE(is_mapped(block + at)) << bytes << " " << at;
  }
}

TEST(KdfMemory, LiesOnHugePages) {
  std::uint8_t* block = nullptr;
  ASSERT_EQ(take_kdf_memory(&block, 19 * kMiB), 0);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % (2 * kMiB), 0U);
  EXPECT_TRUE(is_mapped(block + 20 * kMiB - kPage)) << "the last huge page is a whole one";
  give_back_kdf_memory(block, 19 * kMiB);
  EXPECT_FALSE(is_mapped(block + 20 * kMiB - kPage));
}

TEST(KdfMemory, SaysSoWhenThereIsNone) {
  for (const std::size_t bytes : {std::size_t{1} << 50, ~std::size_t{0}}) {
    std::uint8_t byte = 0;
    std::uint8_t* block = &byte;
    EXPECT_EQ(take_kdf_memory(&block, bytes), ENOMEM);
    EXPECT_EQ(block, nullptr);
  }
}

}  // namespace
}  // namespace picket::authd
