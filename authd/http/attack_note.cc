#include "authd/http/attack_note.h"

#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kPathMax = 200;

std::string rules_of(const RequestFilter::Finding& finding) {
  std::vector<std::string> rules;
  rules.reserve(finding.matches.size());
  for (const AttackMatch& match : finding.matches) rules.emplace_back(match.rule);
  return join(rules, " ");
}

}  // namespace

void note_attack(Logger& log, const RequestFilter::Finding& finding, const AttackScene& scene) {
  if (finding.matches.empty()) return;
  log.warn("attack pattern in a request", {{"rules", rules_of(finding)},
                                           {"where", finding.where},
                                           {"blocked", finding.is_blocked},
                                           {"client", scene.client.text()},
                                           {"user", scene.user},
                                           {"method", scene.method},
                                           {"host", scene.host},
                                           {"path", truncate(repair_utf8(scene.path), kPathMax)}});
}

}  // namespace picket::authd
