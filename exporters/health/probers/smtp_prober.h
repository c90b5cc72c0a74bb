// Greets a mail server: banner, EHLO, STARTTLS when wanted, QUIT. Source: RFC 5321, RFC 3207.
#pragma once

#include <memory>
#include <string>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

enum class SmtpTls { Never, IfOffered, Required, Implicit };

struct SmtpProbeConfig {
  ProbeTarget target;
  std::string hello = "picket.invalid";
  SmtpTls starttls = SmtpTls::IfOffered;  ///< never, if_offered, required, implicit
  TlsConfig tls_config;
  Duration warn_before = std::chrono::hours(24 * 14);
};
void read_yaml(MapReader& r, SmtpProbeConfig& c);

class SmtpProber final : public Prober {
 public:
  SmtpProber(std::shared_ptr<const SmtpProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const SmtpProbeConfig> config_;
  const ProberServices services_;
};

}  // namespace picket::health
