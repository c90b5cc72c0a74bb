#include "base/daemon/allocator.h"

#include <malloc.h>

namespace picket {

void bound_allocator() {
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_MXFAST, 0);  // behind the thread's own cache: fast bins are merged again by every large request
  mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

}  // namespace picket
