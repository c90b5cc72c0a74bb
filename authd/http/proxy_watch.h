// Proxies that trusted_proxies does not name: behind one of them everybody has the proxy's address. Counted,
// logged once a minute, and told by /-/ready?verbose with what the file lacks. Safe from any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/exec/mutex.h"
#include "base/log/logger.h"
#include "base/metrics/registry.h"

namespace picket::authd {

class ProxyWatch {
 public:
  /// All must outlive it.
  ProxyWatch(MetricRegistry& registry, Logger& log, const Clock& clock);

  /// A request came through it. `proxy` as ClientOrigin::unlisted_proxy; "" is none.
  void note(const std::string& proxy) EXCLUDES(mutex_);
  /// One line for each that was seen within the last hour.
  std::vector<std::string> warnings() const EXCLUDES(mutex_);
  /// The file was read again: those that it still lacks come back.
  void forget() EXCLUDES(mutex_);

 private:
  static constexpr std::size_t kProxiesMax = 8;

  Logger& log_;
  const Clock& clock_;
  prometheus::Counter& requests_;
  mutable Mutex mutex_;
  std::map<std::string, MonoTime> seen_ GUARDED_BY(mutex_);
  MonoTime next_line_ GUARDED_BY(mutex_){};
};

}  // namespace picket::authd
