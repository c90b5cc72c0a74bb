// Judgements of what a server shows to everybody that it should not.
#include <algorithm>

#include "base/text/strings.h"
#include "exporters/security/posture/exposure.h"
#include "exporters/security/posture/verdicts.h"

namespace picket::security {

namespace {

void judge_path(const PathSeen& seen, std::string_view id, const PageSeen& nowhere, Verdicts& verdicts) {
  if (shows(id, seen.page, nowhere)) return verdicts.fail(id, seen.path + " is open");
  if (verdicts.outcome(id) == Outcome::Fail) return;
  if (!seen.page.answered()) return verdicts.not_known(id, fmt::format("{}: {}", seen.path, seen.page.error));
  verdicts.pass(id);
}

/// Several paths lead to the same check: one that is open decides, then one that did not answer.
void judge_paths(const Observation& seen, Verdicts& verdicts) {
  for (const ProbedPath& probed : probed_paths()) {
    const auto found = std::ranges::find(seen.paths, probed.path, &PathSeen::path);
    if (found != seen.paths.end()) judge_path(*found, probed.check, seen.nowhere, verdicts);
  }
  for (const PathSeen& path : seen.paths) {
    const auto probed = std::ranges::find(probed_paths(), path.path, &ProbedPath::path);
    const bool unanswered = !path.page.answered() && probed != probed_paths().end();
    if (unanswered && verdicts.outcome(probed->check) == Outcome::Pass)
      verdicts.not_known(probed->check, fmt::format("{}: {}", path.path, path.page.error));
  }
}

}  // namespace

void judge_exposure(const Observation& seen, Verdicts& verdicts) {
  judge_paths(seen, verdicts);
  if (seen.page.status == 200 && is_directory_list(seen.page.body))
    verdicts.fail("exposed-directory", "the page itself is a list of files");
}

void judge_cors(const Observation& seen, Verdicts& verdicts) {
  const PageSeen& page = seen.cross_origin;
  if (!page.answered()) return verdicts.not_known("cors", page.error);
  const std::string allowed = page.headers.get("Access-Control-Allow-Origin");
  if (allowed.empty() || !iequals(allowed, seen.foreign_origin)) return verdicts.pass("cors");
  const bool credentials = iequals(trim(page.headers.get("Access-Control-Allow-Credentials")), "true");
  if (credentials) return verdicts.fail("cors", "any origin is allowed, with credentials");
  verdicts.fail("cors", "any origin is echoed, without credentials: say * when that is meant", Severity::Low);
}

}  // namespace picket::security
