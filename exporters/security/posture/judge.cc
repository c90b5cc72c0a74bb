#include "exporters/security/posture/judge.h"

#include <algorithm>
#include <array>

#include "exporters/security/posture/cipher_suites.h"
#include "exporters/security/posture/verdicts.h"

namespace picket::security {

namespace {

/// Label values of security_http_header_*, and the checks that judge them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kHeaders = {{
    {"strict-transport-security", "header-hsts"},
    {"content-security-policy", "header-csp"},
    {"x-content-type-options", "header-nosniff"},
    {"x-frame-options", "header-frame"},
    {"referrer-policy", "header-referrer"},
    {"permissions-policy", "header-permissions"},
    {"cross-origin-opener-policy", "header-coop"},
}};

void judge_https(const Observation& seen, Verdicts& verdicts) {
  if (seen.https) return verdicts.pass("https");
  if (seen.loopback) return verdicts.not_applicable("https", "the target is on this machine");
  verdicts.fail("https", "the target is plain HTTP");
}

void add_tls(const Observation& seen, ScanResult& result) {
  if (!seen.https) return;
  for (const TlsProtocol version : kTlsProtocols) {
    if (const std::optional<bool> accepted = seen.tls.accepts(version))
      result.protocols.emplace_back(version, *accepted);
  }
  if (seen.tls.weak_complete || !seen.tls.weak.empty()) {
    result.weak_ciphers.emplace();
    for (const std::uint16_t code : seen.tls.weak) {
      if (const CipherSuite* suite = find_suite(code)) result.weak_ciphers->push_back(suite->name);
    }
  }
  if (!seen.certificates || seen.certificates->served.empty()) return;
  result.certificates = seen.certificates->served;
  result.trusted = chain_verifies(*seen.certificates);
}

std::optional<bool> compliance(const CheckResult* check) {
  if (check == nullptr || check->outcome == Outcome::NotKnown || check->outcome == Outcome::NotApplicable)
    return std::nullopt;
  return check->outcome == Outcome::Pass;
}

void add_headers(const Observation& seen, ScanResult& result) {
  if (!seen.page.answered()) return;
  for (const auto& [header, id] : kHeaders) {
    result.headers.push_back(
        {header, seen.page.headers.find(header) != nullptr, compliance(result.find(id))});
  }
}

}  // namespace

std::optional<double> posture_score(const std::vector<CheckResult>& checks) {
  unsigned passed = 0;
  unsigned known = 0;
  for (const CheckResult& result : checks) {
    // A check weighs what it is, not what was found: a milder finding costs less.
    if (result.outcome == Outcome::Pass) {
      passed += weight_of(result.check->severity);
      known += weight_of(result.check->severity);
    } else if (result.outcome == Outcome::Fail) {
      const unsigned whole = weight_of(result.check->severity);
      passed += whole - std::min(whole, weight_of(result.severity));
      known += whole;
    }
  }
  if (known == 0) return std::nullopt;
  return static_cast<double>(passed) / static_cast<double>(known);
}

const CheckResult* ScanResult::find(std::string_view id) const {
  const auto found = std::ranges::find_if(checks, [id](const CheckResult& r) { return r.check->id == id; });
  return found == checks.end() ? nullptr : &*found;
}

unsigned ScanResult::findings(Severity severity) const {
  return static_cast<unsigned>(std::ranges::count_if(checks, [severity](const CheckResult& r) {
    return r.outcome == Outcome::Fail && r.severity == severity;
  }));
}

ScanResult judge(const Observation& seen, const ScanConfig& config) {
  Verdicts verdicts;
  judge_https(seen, verdicts);
  judge_redirect(seen, config, verdicts);
  judge_tls(seen, config, verdicts);
  judge_certificates(seen, config, verdicts);
  judge_headers(seen, config, verdicts);
  ScanResult result;
  result.cookies = judge_cookies(seen, verdicts);
  judge_exposure(seen, verdicts);
  judge_cors(seen, verdicts);
  for (const ExpectedFinding& expected : config.expect) verdicts.expect(expected);
  result.finished = seen.at;
  result.checks = verdicts.take();
  result.score = posture_score(result.checks);
  add_tls(seen, result);
  add_headers(seen, result);
  return result;
}

}  // namespace picket::security
