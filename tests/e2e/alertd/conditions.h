// What alertd's rules look at: series that a test sets, scraped by a real Prometheus every second under the
// labels job="shop", instance="shop:9100". Safe from any thread, except Prometheus itself.
#pragma once

#include <map>
#include <string>

#include "base/exec/mutex.h"
#include "tests/support/peer_server.h"
#include "tests/support/prometheus_server.h"

namespace picket::test {

class Conditions {
 public:
  /// Series as the text format has them: {{"queue_length{queue=\"mail\"}", 3}}.
  using Series = std::map<std::string, double>;
  explicit Conditions(const Series& series);

  void set(const Series& series);  ///< the others stay as they are
  PrometheusServer& prometheus() { return prometheus_; }
  /// Gives up when Prometheus does not show them as they are set.
  void wait_until_scraped() const;

 private:
  Series all() const;
  std::string text() const;

  mutable Mutex mutex_;
  Series series_ GUARDED_BY(mutex_);
  LocalPeer exporter_;
  PrometheusServer prometheus_;
};

}  // namespace picket::test
