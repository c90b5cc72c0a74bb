#include "exporters/security/exposition/posture_families.h"

#include "base/time/timestamp.h"

namespace picket::security {
namespace {

using Targets = std::vector<ScanStatus>;

/// Calls `write(family, label, result)` for each target that has a result.
template <class Write>
void each_result(FamilyWriter& family, const Targets& targets, const Write& write) {
  for (const ScanStatus& target : targets) {
    if (target.result) write(family, target.config->label(), *target.result);
  }
}

void write_scans(MetricWriter& writer, const Targets& targets) {
  FamilyWriter& success =
      writer.gauge("security_scan_success", "1 if the last posture scan finished.", {"target"});
  for (const ScanStatus& target : targets) {
    if (target.scanned) success.sample({target.config->label()}, target.success ? 1 : 0);
  }
  each_result(writer.gauge("security_scan_last_success_timestamp_seconds",
                           "Unix time of the last finished scan.", {"target"}),
              targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                family.sample({target}, unix_seconds(result.finished));
              });
  FamilyWriter& duration =
      writer.gauge("security_scan_duration_seconds", "Time of the last scan.", {"target"});
  for (const ScanStatus& target : targets) {
    if (target.scanned) duration.sample({target.config->label()}, seconds(target.duration));
  }
}

void write_tls(MetricWriter& writer, const Targets& targets) {
  each_result(writer.gauge("security_tls_protocol_accepted", "1 if the protocol version is accepted.",
                           {"target", "protocol"}),
              targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                for (const auto& [protocol, accepted] : result.protocols)
                  family.sample({target, to_string(protocol)}, accepted ? 1 : 0);
              });
  each_result(writer.gauge("security_tls_weak_ciphers_accepted", "Weak cipher suites accepted.", {"target"}),
              targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                if (result.weak_ciphers)
                  family.sample({target}, static_cast<double>(result.weak_ciphers->size()));
              });
}

void write_certificates(MetricWriter& writer, const Targets& targets) {
  each_result(writer.gauge("security_tls_cert_not_after_timestamp_seconds", "Certificate expiry.",
                           {"target", "position"}),
              targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                for (std::size_t i = 0; i < result.certificates.size(); ++i)
                  family.sample({target, std::to_string(i)}, unix_seconds(result.certificates[i].not_after));
              });
  each_result(writer.gauge("security_tls_cert_key_size_bytes", "Public key size.", {"target"}), targets,
              [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                const auto bits = result.certificates.empty() ? 0 : result.certificates.front().key_bits;
                const auto whole_bytes = (bits + 7) / 8;
                if (bits > 0) family.sample({target}, whole_bytes);
              });
  each_result(writer.info("security_tls_cert_info", "Constant 1, leaf certificate.",
                          {"target", "key_algorithm", "signature_algorithm", "issuer"}),
              targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                if (result.certificates.empty()) return;
                const CertificateFacts& leaf = result.certificates.front();
                family.sample({target, leaf.key_algorithm, leaf.signature_algorithm, leaf.issuer}, 1);
              });
  each_result(writer.gauge("security_tls_cert_trusted", "1 if the chain verifies.", {"target"}), targets,
              [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                if (result.trusted) family.sample({target}, *result.trusted ? 1 : 0);
              });
}

void write_headers(MetricWriter& writer, const Targets& targets) {
  each_result(
      writer.gauge("security_http_header_present", "1 if the security header is sent.", {"target", "header"}),
      targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
        for (const HeaderVerdict& verdict : result.headers)
          family.sample({target, verdict.header}, verdict.present ? 1 : 0);
      });
  each_result(
      writer.gauge("security_http_header_compliant", "1 if its value meets policy.", {"target", "header"}),
      targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
        for (const HeaderVerdict& verdict : result.headers) {
          if (verdict.compliant) family.sample({target, verdict.header}, *verdict.compliant ? 1 : 0);
        }
      });
}

void write_cookies(MetricWriter& writer, const Targets& targets) {
  each_result(writer.gauge("security_cookie_noncompliant", "Cookies missing Secure, HttpOnly or SameSite.",
                           {"target", "attribute"}),
              targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                if (!result.cookies) return;
                family.sample({target, "secure"}, result.cookies->secure);
                family.sample({target, "httponly"}, result.cookies->http_only);
                family.sample({target, "samesite"}, result.cookies->same_site);
              });
}

void write_verdict(MetricWriter& writer, const Targets& targets) {
  each_result(writer.gauge("security_posture_findings", "Open findings.", {"target", "severity"}), targets,
              [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                for (const Severity severity :
                     {Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical})
                  family.sample({target, to_string(severity)}, result.findings(severity));
              });
  each_result(writer.gauge("security_posture_score_ratio", "Weighted share of checks passed.", {"target"}),
              targets, [](FamilyWriter& family, const std::string& target, const ScanResult& result) {
                if (result.score) family.sample({target}, *result.score);
              });
}

}  // namespace

void write_posture_families(MetricWriter& writer, const PostureSnapshot& posture) {
  write_scans(writer, posture.targets);
  write_tls(writer, posture.targets);
  write_certificates(writer, posture.targets);
  write_headers(writer, posture.targets);
  write_cookies(writer, posture.targets);
  write_verdict(writer, posture.targets);
}

}  // namespace picket::security
