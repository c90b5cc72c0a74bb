// The verdicts of one scan while they are made, and the judgements by subject. Inside of judge().
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/security/posture/check.h"
#include "exporters/security/posture/observation.h"
#include "exporters/security/posture/scan_config.h"
#include "exporters/security/posture/scan_result.h"

namespace picket::security {

class Verdicts {
 public:
  Verdicts();
  void pass(std::string_view id, std::string_view seen = "") { set(id, Outcome::Pass, seen); }
  void fail(std::string_view id, std::string_view seen) { set(id, Outcome::Fail, seen); }
  void fail(std::string_view id, std::string_view seen, Severity severity);
  void not_known(std::string_view id, std::string_view why) { set(id, Outcome::NotKnown, why); }
  void not_applicable(std::string_view id, std::string_view why) { set(id, Outcome::NotApplicable, why); }
  /// Passes without problems, fails with them.
  void judge(std::string_view id, const std::vector<std::string>& problems);
  /// Every check whose id begins like that.
  void set_all(std::string_view prefix, Outcome outcome, const std::string& why);
  Outcome outcome(std::string_view id) { return at(id).outcome; }
  /// Does not count, whatever was seen.
  void expect(const ExpectedFinding& expected);
  std::vector<CheckResult> take() { return std::move(results_); }

 private:
  CheckResult& at(std::string_view id);
  void set(std::string_view id, Outcome outcome, std::string_view seen);

  std::vector<CheckResult> results_;  ///< every check, in the table's order
};

/// Whatever name it is for, and whether or not every certificate of it was sent.
bool chain_verifies(const TlsFacts& facts);

void judge_tls(const Observation& seen, const ScanConfig& config, Verdicts& verdicts);
void judge_certificates(const Observation& seen, const ScanConfig& config, Verdicts& verdicts);
void judge_headers(const Observation& seen, const ScanConfig& config, Verdicts& verdicts);
/// Nothing when the page did not answer.
std::optional<CookieCounts> judge_cookies(const Observation& seen, Verdicts& verdicts);
void judge_redirect(const Observation& seen, const ScanConfig& config, Verdicts& verdicts);
void judge_exposure(const Observation& seen, Verdicts& verdicts);
void judge_cors(const Observation& seen, Verdicts& verdicts);

}  // namespace picket::security
