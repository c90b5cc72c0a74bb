// Judgements of what a server's TLS accepts and of its certificates.
#include <algorithm>

#include "base/text/duration.h"
#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "exporters/security/posture/cipher_suites.h"
#include "exporters/security/posture/header_values.h"
#include "exporters/security/posture/verdicts.h"

namespace picket::security {

namespace {

constexpr unsigned kMinDhBits = 2048;
constexpr std::size_t kMaxSuiteNames = 6;

TlsProtocol protocol_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::Tls10:
      return TlsProtocol::Tls10;
    case TlsVersion::Tls11:
      return TlsProtocol::Tls11;
    case TlsVersion::Tls12:
      return TlsProtocol::Tls12;
    case TlsVersion::Tls13:
      return TlsProtocol::Tls13;
  }
  return TlsProtocol::Tls12;
}

void judge_old_versions(const TlsSeen& tls, TlsProtocol oldest, Verdicts& verdicts) {
  std::vector<std::string> accepted;
  std::vector<std::string> unclear;
  for (const TlsProtocol version : kTlsProtocols) {
    if (version >= oldest) break;
    const std::optional<bool> answer = tls.accepts(version);
    if (!answer) unclear.emplace_back(to_string(version));
    if (answer.value_or(false)) accepted.emplace_back(to_string(version));
  }
  if (!accepted.empty()) return verdicts.fail("tls-old-versions", join(accepted, ", ") + " accepted");
  if (!unclear.empty())
    return verdicts.not_known("tls-old-versions", "no clear answer for " + join(unclear, ", "));
  verdicts.pass("tls-old-versions");
}

void judge_newest_version(const TlsSeen& tls, Verdicts& verdicts) {
  const std::optional<bool> newest = tls.accepts(TlsProtocol::Tls13);
  if (!newest) return verdicts.not_known("tls-1-3", "no clear answer");
  if (*newest) return verdicts.pass("tls-1-3");
  verdicts.fail("tls-1-3", "TLS 1.3 is refused");
}

void judge_ciphers(const TlsSeen& tls, Verdicts& verdicts) {
  if (tls.weak.empty()) {
    if (tls.weak_complete) return verdicts.pass("tls-weak-ciphers");
    return verdicts.not_known("tls-weak-ciphers", "not every suite was answered");
  }
  std::vector<std::string> names;
  for (const std::uint16_t code : tls.weak) {
    const CipherSuite* suite = find_suite(code);
    if (suite == nullptr || names.size() >= kMaxSuiteNames) continue;
    names.push_back(fmt::format("{} ({})", suite->name, to_string(suite->weakness)));
  }
  const std::string more = tls.weak_complete ? "" : " or more";
  verdicts.fail("tls-weak-ciphers",
                fmt::format("{}{} accepted: {}", tls.weak.size(), more, join(names, ", ")));
}

void judge_dh(const TlsSeen& tls, Verdicts& verdicts) {
  if (!tls.dh_bits) return verdicts.not_applicable("tls-dh-size", "no finite-field Diffie-Hellman was seen");
  if (*tls.dh_bits >= kMinDhBits) return verdicts.pass("tls-dh-size", fmt::format("{} bits", *tls.dh_bits));
  verdicts.fail("tls-dh-size", fmt::format("a group of {} bits", *tls.dh_bits));
}

void judge_bit(std::string_view id, std::optional<bool> value, bool wanted, Verdicts& verdicts) {
  if (!value) return verdicts.not_known(id, "no version up to TLS 1.2 answered");
  if (*value == wanted) return verdicts.pass(id);
  verdicts.fail(id, wanted ? "the server does not say renegotiation_info" : "the server chose DEFLATE");
}

bool has(const TlsFacts& facts, CertificateFault fault) {
  return std::ranges::find(facts.faults, fault) != facts.faults.end();
}

void judge_trust(const TlsFacts& facts, Verdicts& verdicts) {
  if (chain_verifies(facts)) return verdicts.pass("cert-trusted");
  verdicts.fail("cert-trusted", facts.verify_error);
}

void judge_name(const TlsFacts& facts, const std::string& host, Verdicts& verdicts) {
  if (!has(facts, CertificateFault::WrongName)) return verdicts.pass("cert-name");
  const std::vector<std::string>& names = facts.served.front().alternative_names;
  const std::vector<std::string> first(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMaxSuiteNames)));
  verdicts.fail("cert-name",
                fmt::format("the certificate is for {}, not for {}", shown(join(first, ", ")), host));
}

/// Of whatever was served: an intermediate that ends breaks the chain, too.
void judge_expiry(const TlsFacts& facts, WallTime now, Duration warn_before, Verdicts& verdicts) {
  for (const CertificateFacts& certificate : facts.served) {
    const std::string who = shown(certificate.subject);
    if (certificate.not_before > now) return verdicts.fail("cert-expiry", who + " is not valid yet");
    if (certificate.not_after <= now)
      return verdicts.fail("cert-expiry",
                           fmt::format("{} expired on {}", who, format_rfc3339(certificate.not_after)));
  }
  for (const CertificateFacts& certificate : facts.served) {
    if (certificate.not_after - now >= warn_before) continue;
    return verdicts.fail(
        "cert-expiry",
        fmt::format("{} ends on {}", shown(certificate.subject), format_rfc3339(certificate.not_after)),
        Severity::Medium);
  }
  verdicts.pass("cert-expiry");
}

bool is_root(const CertificateFacts& certificate) {
  return certificate.subject == certificate.issuer;
}

void judge_keys(const TlsFacts& facts, const TlsPolicy& policy, Verdicts& verdicts) {
  for (const CertificateFacts& certificate : facts.served) {
    const bool factored = certificate.key_algorithm.starts_with("RSA") || certificate.key_algorithm == "DSA";
    const int least = factored ? policy.min_rsa_bits : policy.min_ec_bits;
    if (certificate.key_bits == 0)
      return verdicts.not_known("cert-key-size",
                                shown(certificate.subject) + " has a key of an unknown kind");
    if (certificate.key_bits >= least) continue;
    return verdicts.fail("cert-key-size", fmt::format("{}: {} with {} bits", shown(certificate.subject),
                                                      certificate.key_algorithm, certificate.key_bits));
  }
  verdicts.pass("cert-key-size");
}

void judge_signatures(const TlsFacts& facts, Verdicts& verdicts) {
  for (const CertificateFacts& certificate : facts.served) {
    // Nobody checks a root's own signature: it is trusted because it is in the store.
    if (&certificate != &facts.served.front() && is_root(certificate)) continue;
    const std::string algorithm = to_lower(certificate.signature_algorithm);
    const bool weak =
        algorithm.find("md5") != std::string::npos || algorithm.find("md4") != std::string::npos ||
        algorithm.find("md2") != std::string::npos || algorithm.find("sha1") != std::string::npos;
    if (!weak) continue;
    return verdicts.fail("cert-signature", fmt::format("{} is signed with {}", shown(certificate.subject),
                                                       certificate.signature_algorithm));
  }
  verdicts.pass("cert-signature");
}

bool is_served(const TlsFacts& facts, const CertificateFacts& certificate) {
  return std::ranges::find(facts.served, certificate.fingerprint_sha256,
                           &CertificateFacts::fingerprint_sha256) != facts.served.end();
}

void judge_chain(const TlsFacts& facts, Verdicts& verdicts) {
  for (std::size_t i = 0; i + 1 < facts.served.size(); ++i) {
    if (facts.served[i].issuer == facts.served[i + 1].subject) continue;
    return verdicts.fail(
        "cert-chain", fmt::format("{} is followed by {}, not by its issuer", shown(facts.served[i].subject),
                                  shown(facts.served[i + 1].subject)));
  }
  if (has(facts, CertificateFault::IssuerMissing) && !is_root(facts.served.back()))
    return verdicts.fail("cert-chain",
                         fmt::format("the certificate of {} is missing", shown(facts.served.back().issuer)));
  for (std::size_t i = 1; i + 1 < facts.verified_chain.size(); ++i) {
    if (is_served(facts, facts.verified_chain[i])) continue;
    return verdicts.fail("cert-chain", fmt::format("{} is not sent; it verified because we have it",
                                                   shown(facts.verified_chain[i].subject)));
  }
  verdicts.pass("cert-chain");
}

}  // namespace

bool chain_verifies(const TlsFacts& facts) {
  return std::ranges::all_of(facts.faults,
                             [](CertificateFault f) { return f == CertificateFault::WrongName; });
}

void judge_tls(const Observation& seen, const ScanConfig& config, Verdicts& verdicts) {
  if (!seen.https) return verdicts.set_all("tls-", Outcome::NotApplicable, "the target is plain HTTP");
  judge_old_versions(seen.tls, protocol_of(config.tls.min_version), verdicts);
  judge_newest_version(seen.tls, verdicts);
  judge_ciphers(seen.tls, verdicts);
  judge_dh(seen.tls, verdicts);
  judge_bit("tls-compression", seen.tls.compression, false, verdicts);
  judge_bit("tls-renegotiation", seen.tls.secure_renegotiation, true, verdicts);
}

void judge_certificates(const Observation& seen, const ScanConfig& config, Verdicts& verdicts) {
  if (!seen.https) return verdicts.set_all("cert-", Outcome::NotApplicable, "the target is plain HTTP");
  if (!seen.certificates || seen.certificates->served.empty())
    return verdicts.set_all("cert-", Outcome::NotKnown, "no certificate was seen");
  const TlsFacts& facts = *seen.certificates;
  judge_name(facts, seen.host, verdicts);
  judge_trust(facts, verdicts);
  judge_expiry(facts, seen.at, config.tls.warn_before, verdicts);
  judge_keys(facts, config.tls, verdicts);
  judge_signatures(facts, verdicts);
  judge_chain(facts, verdicts);
}

}  // namespace picket::security
