#include "exporters/security/posture/verdicts.h"

#include <algorithm>

#include "base/result/result.h"
#include "base/text/strings.h"
#include "exporters/security/events/event_text.h"

namespace picket::security {

namespace {

constexpr std::size_t kMaxSeen = 300;

}  // namespace

Verdicts::Verdicts() {
  results_.reserve(checks().size());
  for (const Check& check : checks())
    results_.push_back({&check, Outcome::NotKnown, check.severity, "it was not looked at"});
}

CheckResult& Verdicts::at(std::string_view id) {
  const auto found = std::ranges::find_if(results_, [id](const CheckResult& r) { return r.check->id == id; });
  check(found != results_.end(), "a verdict needs a check of the table");
  return *found;
}

void Verdicts::set(std::string_view id, Outcome outcome, std::string_view seen) {
  CheckResult& result = at(id);
  result.outcome = outcome;
  result.severity = result.check->severity;
  result.seen = readable_text(seen, kMaxSeen);  // what a stranger sent may be in it
}

void Verdicts::fail(std::string_view id, std::string_view seen, Severity severity) {
  set(id, Outcome::Fail, seen);
  at(id).severity = severity;
}

void Verdicts::judge(std::string_view id, const std::vector<std::string>& problems) {
  if (problems.empty()) return pass(id);
  fail(id, join(problems, "; "));
}

void Verdicts::set_all(std::string_view prefix, Outcome outcome, const std::string& why) {
  for (const Check& check : checks()) {
    if (check.id.starts_with(prefix)) set(check.id, outcome, why);
  }
}

void Verdicts::expect(const ExpectedFinding& expected) {
  if (find_check(expected.check) == nullptr) return;
  set(expected.check, Outcome::NotApplicable, "expected: " + expected.reason);
  at(expected.check).is_expected = true;
}

}  // namespace picket::security
