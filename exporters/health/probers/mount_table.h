// Which mount a path lies on, without touching the file system. Source: proc_pid_mountinfo(5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace picket::health {

struct Mount {
  std::uint64_t id = 0;  ///< the kernel's; 0: not found
  std::string mountpoint, device, fstype;
};

/// The mount that `path` lies on by its text (links are not followed), from /proc/self/mountinfo's text.
Mount find_mount(std::string_view mountinfo, std::string_view path);

}  // namespace picket::health
