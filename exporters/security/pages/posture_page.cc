#include "exporters/security/pages/posture_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/web/parts.h"
#include "base/web/table.h"
#include "exporters/security/events/event_text.h"
#include "exporters/security/pages/page_words.h"

namespace picket::security {
namespace {

using web::Html;

constexpr std::size_t kSectionsShown = 100;
constexpr std::size_t kFindingsShown = 100;
constexpr std::size_t kPassedShown = 200;
constexpr std::size_t kAdviceMax = 600;  // bytes

std::size_t with_findings(std::span<const PostureTarget> targets) {
  return static_cast<std::size_t>(
      std::ranges::count_if(targets, [](const PostureTarget& t) { return !t.findings.empty(); }));
}

std::string headline(std::span<const PostureTarget> targets) {
  if (targets.empty()) return "No scans yet";
  const std::size_t number = with_findings(targets);
  if (number > 0) return counted(number, "target has", "targets have") + " findings";
  const bool is_scanned =
      std::ranges::all_of(targets, [](const PostureTarget& t) { return t.score.has_value(); });
  return is_scanned ? "No findings" : "Not everything has been scanned yet";
}

Html state_of(const PostureTarget& target, WallTime now) {
  Html out = score_badge(target);
  if (target.scanned) out += " " + web::muted("scanned " + web::ago(*target.scanned, now));
  out = web::paragraph(out);
  if (!target.error.empty()) out += web::alert("The last scan did not finish: " + text_of(target.error));
  return out;
}

Html findings(const PostureTarget& target) {
  if (target.findings.empty()) return target.score ? web::paragraph("Every check is passed.") : Html();
  std::vector<const PostureFinding*> sorted;
  sorted.reserve(target.findings.size());
  for (const PostureFinding& finding : target.findings) sorted.push_back(&finding);
  std::ranges::stable_sort(sorted, std::greater<>(), &PostureFinding::severity);
  std::vector<web::Row> rows;
  for (const PostureFinding* finding : sorted) {
    if (rows.size() == kFindingsShown) break;
    rows.push_back({severity_badge(finding->severity), text_of(finding->summary),
                    text_of(finding->what_to_do, kAdviceMax),
                    web::code(readable_text(finding->check, kNameMax))});
  }
  using enum web::Cell;
  return web::table({{"Severity", Mark}, "Finding", "What to do", {"Check", Name}}, rows, "Findings");
}

Html passed(const PostureTarget& target) {
  if (target.passed.empty()) return {};
  Html items;
  for (const std::string& check :
       std::span(target.passed).first(std::min(target.passed.size(), kPassedShown)))
    items += web::element("li", {}, text_of(check)) + "\n";
  return web::folded(counted(target.passed.size(), "check", "checks") + " passed",
                     web::element("ul", {}, items));
}

Html section(const PostureTarget& target, WallTime now) {
  return web::heading(text_of(target.target, kNameMax)) + state_of(target, now) + findings(target) +
         passed(target);
}

}  // namespace

web::Page posture_page(std::span<const PostureTarget> targets, WallTime now) {
  web::Page page{.title = headline(targets), .width = web::Width::Wide};
  if (targets.empty()) {
    page.body = web::paragraph(
                    "The configuration file (--config.file) names no target. Scans look at the TLS "
                    "versions, certificates, headers, cookies and open paths of yours:") +
                web::code_block(kFirstScan);
    return page;
  }
  std::vector<const PostureTarget*> sorted;
  for (const PostureTarget& target : targets) sorted.push_back(&target);
  std::ranges::stable_sort(sorted, {}, [](const PostureTarget* t) { return t->score.value_or(2); });
  for (const PostureTarget* target : std::span(sorted).first(std::min(sorted.size(), kSectionsShown)))
    page.body += section(*target, now);
  if (sorted.size() > kSectionsShown)
    page.body += web::paragraph(web::muted(fmt::format("{} more targets, with better scores: see the API.",
                                                       web::grouped(sorted.size() - kSectionsShown))));
  return page;
}

}  // namespace picket::security
