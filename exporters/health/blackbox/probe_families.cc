#include "exporters/health/blackbox/probe_families.h"

#include "base/metrics/exposition.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"

namespace picket::health {
namespace {

double phase(const ProbeResult& result, Phase which) {
  return seconds(result.phases[static_cast<std::size_t>(which)].value_or(Duration::zero()));
}

double flag(bool value) {
  return value ? 1 : 0;
}

void write_common(MetricWriter& w, const ProbeResult& result) {
  w.gauge("probe_dns_lookup_time_seconds", "Returns the time taken for probe dns lookup in seconds")
      .sample({}, phase(result, Phase::Resolve));
  w.gauge("probe_duration_seconds", "Returns how long the probe took to complete in seconds")
      .sample({}, seconds(result.duration));
  if (result.peer) {
    const bool v4 = result.peer->family() == IpAddress::Family::V4;
    w.gauge("probe_ip_protocol", "Specifies whether probe ip protocol is IP4 or IP6").sample({}, v4 ? 4 : 6);
  }
  w.gauge("probe_success", "Displays whether or not the probe was a success")
      .sample({}, flag(result.success));
}

void write_tls(MetricWriter& w, const TlsFacts& tls) {
  if (tls.served.empty()) return;
  WallTime earliest = tls.served.front().not_after;
  for (const CertificateFacts& certificate : tls.served) earliest = std::min(earliest, certificate.not_after);
  w.gauge("probe_ssl_earliest_cert_expiry", "Returns last SSL chain expiry in unixtime")
      .sample({}, unix_seconds(earliest));
  WallTime chain = earliest;
  if (!tls.verified_chain.empty()) {
    chain = tls.verified_chain.front().not_after;
    for (const CertificateFacts& certificate : tls.verified_chain)
      chain = std::min(chain, certificate.not_after);
  }
  w.gauge("probe_ssl_last_chain_expiry_timestamp_seconds", "Returns last SSL chain expiry in timestamp")
      .sample({}, unix_seconds(chain));
  const CertificateFacts& leaf = tls.served.front();
  w.gauge("probe_ssl_last_chain_info", "Contains SSL leaf certificate information",
          {"fingerprint_sha256", "issuer", "subject", "subjectalternative", "serialnumber"})
      .sample({leaf.fingerprint_sha256, leaf.issuer, leaf.subject, join(leaf.alternative_names, ","),
               leaf.serial},
              1);
  if (!tls.version.empty())
    w.gauge("probe_tls_version_info", "Returns the TLS version used or NaN when unknown", {"version"})
        .sample({tls.version}, 1);
  if (!tls.cipher.empty())
    w.gauge("probe_tls_cipher_info", "Returns the TLS cipher negotiated during handshake", {"cipher"})
        .sample({tls.cipher}, 1);
}

/// A body that is too large for body_size_limit is no matter of regular expressions.
bool has_regexes(const HttpProbeConfig& config) {
  return has_body_rules(config) || !config.header_rules.empty();
}

void write_http(MetricWriter& w, const HttpProbeConfig& config, const ProbeResult& result) {
  const HttpFacts facts =
      std::holds_alternative<HttpFacts>(result.facts) ? std::get<HttpFacts>(result.facts) : HttpFacts{};
  w.gauge("probe_failed_due_to_regex", "Indicates if probe failed due to regex")
      .sample({}, flag(result.reason == FailureReason::Content && has_regexes(config)));
  w.gauge("probe_http_content_length", "Length of http content response")
      .sample({}, facts.status == 0 ? 0 : static_cast<double>(facts.content_length));
  FamilyWriter& durations =
      w.gauge("probe_http_duration_seconds", "Duration of http request by phase, summed over all redirects",
              {"phase"});
  for (const auto& [name, which] :
       {std::pair{"resolve", Phase::Resolve}, std::pair{"connect", Phase::Connect},
        std::pair{"tls", Phase::Tls}, std::pair{"processing", Phase::Processing},
        std::pair{"transfer", Phase::Transfer}}) {
    durations.sample({name}, phase(result, which));
  }
  w.gauge("probe_http_redirects", "The number of redirects").sample({}, facts.redirects);
  w.gauge("probe_http_ssl", "Indicates if SSL was used for the final redirect")
      .sample({}, flag(result.tls.has_value() && facts.status != 0));  // not after a failed handshake
  w.gauge("probe_http_status_code", "Response HTTP status code").sample({}, facts.status);
  w.gauge("probe_http_uncompressed_body_length", "Length of uncompressed response body")
      .sample({}, static_cast<double>(facts.response_bytes));
  const double version = facts.version == "2"     ? 2
                         : facts.version == "1.0" ? 1
                         : facts.version.empty()  ? 0
                                                  : 1.1;
  w.gauge("probe_http_version", "Returns the version of HTTP of the probe response").sample({}, version);
  if (facts.last_modified) {
    w.gauge("probe_http_last_modified_timestamp_seconds",
            "Returns the Last-Modified HTTP response header in unixtime")
        .sample({}, unix_seconds(*facts.last_modified));
  }
}

void write_dns(MetricWriter& w, const ProbeResult& result) {
  if (!std::holds_alternative<DnsFacts>(result.facts)) {
    w.gauge("probe_dns_query_succeeded", "Displays whether or not the query was executed successfully")
        .sample({}, 0);
    return;
  }
  const DnsFacts& facts = std::get<DnsFacts>(result.facts);
  w.gauge("probe_dns_additional_rrs", "Returns number of entries in the additional resource record list")
      .sample({}, facts.additional);
  w.gauge("probe_dns_answer_rrs", "Returns number of entries in the answer resource record list")
      .sample({}, facts.answer);
  w.gauge("probe_dns_authority_rrs", "Returns number of entries in the authority resource record list")
      .sample({}, facts.authority);
  FamilyWriter& durations =
      w.gauge("probe_dns_duration_seconds", "Duration of DNS request by phase", {"phase"});
  durations.sample({"resolve"}, phase(result, Phase::Resolve));
  durations.sample({"connect"}, phase(result, Phase::Connect));
  durations.sample({"request"}, phase(result, Phase::Request));
  w.gauge("probe_dns_query_succeeded", "Displays whether or not the query was executed successfully")
      .sample({}, 1);
  if (!facts.soa_serials.empty()) {
    w.gauge("probe_dns_serial", "Returns the serial number of the zone")
        .sample({}, facts.soa_serials.front().serial);
  }
}

void write_icmp(MetricWriter& w, const ProbeResult& result) {
  FamilyWriter& durations =
      w.gauge("probe_icmp_duration_seconds", "Duration of icmp request by phase", {"phase"});
  durations.sample({"resolve"}, phase(result, Phase::Resolve));
  durations.sample({"setup"}, 0);
  durations.sample({"rtt"}, phase(result, Phase::Request));
  if (!std::holds_alternative<IcmpFacts>(result.facts)) return;
  const IcmpFacts& facts = std::get<IcmpFacts>(result.facts);
  if (facts.reply_hop_limit) {
    w.gauge("probe_icmp_reply_hop_limit", "Replied packet hop limit (TTL for ipv4)")
        .sample({}, *facts.reply_hop_limit);
  }
}

}  // namespace

std::string probe_metrics(const Module& module, const ProbeResult& result) {
  ExpositionWriter w(ExpositionFormat::Text004, {});
  write_common(w, result);
  switch (module.kind) {
    case ModuleKind::Http:
      write_http(w, std::get<HttpProbeConfig>(module.settings), result);
      break;
    case ModuleKind::Tcp:
      w.gauge("probe_failed_due_to_regex", "Indicates if probe failed due to regex")
          .sample({}, flag(result.reason == FailureReason::Content));
      break;
    case ModuleKind::Dns:
      write_dns(w, result);
      break;
    case ModuleKind::Icmp:
      write_icmp(w, result);
      break;
  }
  if (result.tls) write_tls(w, *result.tls);
  w.finish();
  return std::move(w.out());
}

}  // namespace picket::health
