// Looks at one target: its page, its TLS, its plain HTTP, a few paths; one request after another, each path
// once, bodies cut at 64 KiB. Asks nobody but the target's own origin (and its configured plain HTTP) and no
// address that the policy denies. Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/crypto/random.h"
#include "base/http/client.h"
#include "base/time/clock.h"
#include "exporters/security/posture/observation.h"
#include "exporters/security/posture/scan_config.h"

namespace picket::security {

/// All of it outlives the collector.
struct CollectorServices {
  EventLoop& loop;
  Resolver& resolver;
  CurlClient& http;
  Random& random;
  const Clock& clock;
  std::string user_agent;  ///< "picket security_exporter/1.0"
};

class Collector {
 public:
  using Done = std::function<void(Result<Observation>)>;
  explicit Collector(CollectorServices services);
  /// What is under way begins nothing new; its `done` may still run until the loop ends. Not to be called on
  /// the loop.
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  /// `done` runs once, on the loop, soon after the deadline at the latest. An error when the target could not
  /// be reached, is denied, or speaks neither TLS nor HTTP.
  void collect(std::shared_ptr<const ScanConfig> config, Deadline deadline, Done done);

 private:
  class Run;
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace picket::security
