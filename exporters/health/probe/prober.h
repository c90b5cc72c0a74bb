// The face of every prober (http, tcp, dns, ...) and what a prober is given to work with. The probers are
// NAME_prober.cc in exporters/health/probers/; used by the engine (scheduled checks) and by /probe. A prober is
// immutable after construction; probe() may be called from any thread, several probes may be under way.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/crypto/random.h"
#include "base/http/client.h"
#include "base/log/logger.h"
#include "base/net/address_policy.h"
#include "base/net/event_loop.h"
#include "base/net/resolver.h"
#include "base/time/scheduler.h"
#include "exporters/health/probe/mount_lanes.h"
#include "exporters/health/probe/probe_result.h"

namespace picket::health {

/// What to probe: the part that /probe takes from its query. Fit to be shown: never holds a secret
/// (credentials of a URL or DSN are in the prober's config).
struct ProbeTarget {
  std::string address;   ///< "https://api.test/health", "127.0.0.1:6379", "mx.test", "/var/lib", or ""
  std::string hostname;  ///< /probe's `hostname`: Host header and TLS server name, or ""
};

class Prober {
 public:
  using Done = std::function<void(ProbeResult)>;
  virtual ~Prober() = default;

  /// Starts a probe and returns at once. `done` runs exactly once, from any thread, soon after the deadline
  /// at the latest (FailureReason::Timeout), also when starting failed. The caller keeps the prober alive
  /// until then. Does not throw.
  virtual void probe(const ProbeTarget& target, Deadline deadline, Done done) = 0;
};

/// All of it outlives the probers and their probes.
struct ProberServices {
  EventLoop& loop;
  /// libpq's own: it computes (SCRAM, as often as the server says) and reads files. Outlives `resolver`.
  EventLoop& postgres_loop;
  Resolver& resolver;
  CurlClient& http;
  Scheduler& scheduler;                ///< also the clock: scheduler.clock()
  std::shared_ptr<MountLanes> mounts;  ///< for what touches file systems
  Files& files;
  Random& random;
  Logger& log;
  std::shared_ptr<const AddressPolicy> policy;  ///< target_policy, never null

  const Clock& clock() const { return scheduler.clock(); }
};

}  // namespace picket::health
