// The open findings of all targets, in a file of the storage folder: a restart repeats none and swallows none. One
// thread at a time.
#pragma once

#include <map>
#include <string>

#include "base/files/files.h"
#include "base/log/logger.h"
#include "base/metrics/registry.h"
#include "base/time/clock.h"
#include "exporters/security/posture/posture_events.h"

namespace picket::security {

/// By target.
using FindingsByTarget = std::map<std::string, OpenFindings>;

class FindingsFile {
 public:
  struct Services {
    Files& files;
    const Clock& clock;
    Logger& log;
    MetricRegistry& registry;
  };
  FindingsFile(std::string path, const Services& services);

  /// Empty when there is no file. A damaged one is set aside, and said so.
  FindingsByTarget load();
  /// Writes what differs from what the file has. A failure is counted, and logged once; the next call tries again.
  void save(const FindingsByTarget& findings);

 private:
  void set_aside(const Result<std::string>& text, const Error& error);

  const std::string path_;
  Files& files_;
  const Clock& clock_;
  Logger& log_;
  prometheus::Counter& failures_;
  FindingsByTarget stored_;
  bool is_failing_ = false;
};

}  // namespace picket::security
