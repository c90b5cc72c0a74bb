// Asks a Redis server PING and INFO, after AUTH when there is a password. A server that is loading is down;
// one that refuses INFO alone is up, with a note. Source: RESP2.
#pragma once

#include <memory>
#include <string>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

struct RedisProbeConfig {
  ProbeTarget target;
  std::string username;
  Secret password;
  bool tls = false;
  TlsConfig tls_config;
};
void read_yaml(MapReader& r, RedisProbeConfig& c);

class RedisProber final : public Prober {
 public:
  RedisProber(std::shared_ptr<const RedisProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const RedisProbeConfig> config_;
  const ProberServices services_;
};

/// The fields of INFO that the metrics show; unknown and broken lines are passed over.
RedisFacts parse_redis_info(std::string_view text);

}  // namespace picket::health
