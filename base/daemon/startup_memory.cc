#include "base/daemon/startup_memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace picket {
namespace {

/// Whole pages of one segment.
std::size_t release(std::uintptr_t begin, std::uintptr_t end) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  begin -= begin % page;
  end -= end % page;
  if (end <= begin) return 0;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader tells addresses as numbers
  return ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED) == 0 ? end - begin : 0;
}

int release_constants(dl_phdr_info* object, std::size_t /*size*/, void* sum) {
  for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    *static_cast<std::size_t*>(sum) += release(begin, begin + segment.p_memsz);
  }
  return 0;
}

}  // namespace

std::size_t release_startup_memory() {
  malloc_trim(0);
  std::size_t sum = 0;
  dl_iterate_phdr(release_constants, &sum);
  return sum;
}

}  // namespace picket
