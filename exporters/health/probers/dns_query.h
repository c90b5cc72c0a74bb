// One question to one DNS server and what came back. Inside of the dns prober.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exporters/health/probers/dns_prober.h"

namespace picket::health {

struct DnsExchange {
  ProbeResult result;             ///< times and addresses; why it failed when there is no reply
  std::optional<DnsReply> reply;  ///< not looked at yet
};

/// Asks `server` (host:port) over UDP or TCP, as `config` says. `done` runs once, on the loop; `services`
/// must live until then. Call it on the loop.
void ask_dns(const std::shared_ptr<const DnsProbeConfig>& config, const ProberServices& services,
             const std::string& server, Deadline deadline, std::function<void(DnsExchange)> done);

}  // namespace picket::health
