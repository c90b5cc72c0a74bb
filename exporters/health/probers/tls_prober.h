// Looks at a server's certificate: chain, host name, expiry, protocol version; from the start or after
// STARTTLS of a mail protocol.
#pragma once

#include <memory>
#include <string>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

enum class StartTls { None, Smtp, Imap, Pop3 };

struct TlsProbeConfig {
  ProbeTarget target;
  TlsConfig tls_config;
  StartTls starttls = StartTls::None;
  /// A leaf that ends within this is degraded (0: never).
  Duration warn_before = std::chrono::hours(24 * 14);
};
void read_yaml(MapReader& r, TlsProbeConfig& c);

class TlsProber final : public Prober {
 public:
  TlsProber(std::shared_ptr<const TlsProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const TlsProbeConfig> config_;
  const ProberServices services_;
};

/// Marks `result` degraded when the leaf it saw ends within `warn_before` of `now`.
void warn_of_expiry(ProbeResult& result, WallTime now, Duration warn_before);

}  // namespace picket::health
