// One look at a file system on the thread of its mount (MountLanes). Symbolic links are followed from mount
// to mount, so that a link to one that hangs holds up nobody else's. For the filesystem and system probers.
#pragma once

#include <functional>
#include <string>

#include "exporters/health/probe/prober.h"
#include "exporters/health/probers/mount_table.h"

namespace picket::health {

struct FileVisit {
  std::string path;
  /// May hang, and then outlives the daemon: it owns everything it uses.
  std::function<ProbeResult(const Mount&)> look;
  /// The result when the mount does not answer.
  std::function<ProbeResult(const Mount&)> stalled;
};

/// Starts it; `done` runs once, at the deadline at the latest. What was waited for while other checks looked
/// at the same mount counts neither as duration nor as its timeout (internal).
void visit(const ProberServices& services, FileVisit visit, Deadline deadline, Prober::Done done);

}  // namespace picket::health
