// Connects, with TLS when asked for, and walks through a dialogue of expect, send and starttls
// (blackbox_exporter's query_response).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

struct DialogueStep {
  std::optional<Regex> expect;  ///< read lines until one matches
  std::string send;             ///< `\1` or `${1}` of the last match are replaced; a newline is added
  bool starttls = false;
};
void read_yaml(MapReader& r, DialogueStep& c);

struct TcpProbeConfig {
  ProbeTarget target;
  bool tls = false;
  TlsConfig tls_config;
  std::optional<IpAddress> source;  ///< local address to connect from
  IpPreference preference = IpPreference::Any;
  std::vector<DialogueStep> dialogue;
};
void read_yaml(MapReader& r, TcpProbeConfig& c);

class TcpProber final : public Prober {
 public:
  TcpProber(std::shared_ptr<const TcpProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const TcpProbeConfig> config_;
  const ProberServices services_;
};

}  // namespace picket::health
