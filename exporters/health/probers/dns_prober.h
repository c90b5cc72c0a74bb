// Asks a DNS server, or several, a question over UDP, or TCP when asked for, and looks at the answer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "exporters/health/probe/prober.h"
#include "exporters/health/probers/dns_message.h"

namespace picket::health {

/// Regular expressions over the records of a section, as blackbox_exporter has them.
struct RecordRules {
  std::vector<Regex> fail_if_matches;       ///< a record matches one of them
  std::vector<Regex> fail_if_not_matches;   ///< a record does not match one of them, or there is no record
  std::vector<Regex> fail_if_all_match;     ///< every record matches one of them
  std::vector<Regex> fail_if_none_matches;  ///< no record matches any of them
  /// A record does not match one of them: what blackbox_exporter does under the name
  /// fail_if_all_match_regexp.
  std::vector<Regex> all_must_match;
};
void read_yaml(MapReader& r, RecordRules& c);

struct DnsProbeConfig {
  ProbeTarget target;                ///< the server, host:port
  std::vector<std::string> servers;  ///< when there are several: all are asked, and their answers compared
  std::string name;
  std::uint16_t type = 1;
  bool tcp = false;
  bool recursion_desired = true;
  std::vector<int> valid_rcodes{0};
  std::vector<std::string> expect;  ///< texts that some answer record must end with: "192.0.2.1"
  RecordRules answer, authority, additional;
  IpPreference preference = IpPreference::Any;
  std::optional<IpAddress> source;  ///< local address to ask from
};
void read_yaml(MapReader& r, DnsProbeConfig& c);
/// "NXDOMAIN" to 3.
std::optional<int> parse_rcode(std::string_view name);

class DnsProber final : public Prober {
 public:
  DnsProber(std::shared_ptr<const DnsProbeConfig> config, const ProberServices& services)
      : config_(std::move(config)), services_(services) {}
  void probe(const ProbeTarget& target, Deadline deadline, Done done) override;

 private:
  const std::shared_ptr<const DnsProbeConfig> config_;
  const ProberServices services_;
};

/// What is wrong with the answer of `server`, put into `result`; success when all is as wanted.
void judge(const DnsProbeConfig& config, const DnsReply& reply, const std::string& server,
           ProbeResult& result);

}  // namespace picket::health
