// What a process has used so far, from /proc: itself, without its children.
#pragma once

#include <sys/types.h>

namespace picket::bench {

struct Usage {
  double cpu_seconds = 0;
  double rss_megabytes = 0;
  double peak_megabytes = 0;  ///< of the resident memory
};

Usage usage_of(pid_t pid);

}  // namespace picket::bench
