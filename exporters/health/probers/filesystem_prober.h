// Looks at a mounted file system: space, inodes, read-only, and, when asked, whether a small file can be
// written and fsynced. A mount that hangs costs one thread, however often it is probed, and shows as stalled.
#pragma once

#include <memory>
#include <string>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

struct FilesystemProbeConfig {
  ProbeTarget target;             ///< the path
  double min_free_ratio = 0.1;    ///< of space, for non-root; below it is degraded
  double down_free_ratio = 0.02;  ///< below it is a failure
  double min_inode_ratio = 0.05;  ///< below it is degraded
  bool writable = true;           ///< read-only is a failure
  bool canary = false;            ///< write, fsync, unlink a file in `path`
};
void read_yaml(MapReader& r, FilesystemProbeConfig& c);

class FilesystemProber final : public Prober {
 public:
  FilesystemProber(std::shared_ptr<const FilesystemProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const FilesystemProbeConfig> config_;
  const ProberServices services_;
};

}  // namespace picket::health
