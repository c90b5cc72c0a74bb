#include "exporters/security/pages/overview_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

#include "base/text/escape.h"
#include "base/web/chart.h"
#include "base/web/parts.h"
#include "base/web/table.h"
#include "exporters/security/api/api_json.h"
#include "exporters/security/events/event_text.h"
#include "exporters/security/events/masking.h"
#include "exporters/security/pages/page_words.h"

namespace picket::security {
namespace {

using web::Html;
using web::Tone;

constexpr std::size_t kSourcesShown = 100;
constexpr std::size_t kDetectionsShown = 20;
constexpr std::size_t kTopShown = 10;
constexpr std::size_t kTargetsShown = 20;
constexpr std::string_view kFirstSource =
    "sources:\n"
    "- name: web\n"
    "  type: nginx\n"
    "  path: /var/log/nginx/access.log\n"
    "  log_format: combined\n";

using Steps = std::array<std::uint64_t, kHourSteps>;

std::uint64_t sum_of(const Steps& steps) {
  return std::accumulate(steps.begin(), steps.end(), std::uint64_t{0});
}

struct Sums {
  std::uint64_t matched = 0, accepted = 0;
};

Sums sums_of(const OverviewView& view) {
  Sums sums;
  for (const ClassView& c : view.classes) {
    sums.matched += sum_of(c.matched);
    sums.accepted += sum_of(c.accepted);
  }
  return sums;
}

std::size_t sources_down(const OverviewView& view) {
  return static_cast<std::size_t>(std::ranges::count(view.sources, false, &SourceView::is_up));
}

/// What the page says first.
std::string headline(const OverviewView& view) {
  if (view.sources.empty() && view.posture.empty()) return "No sources yet";
  const Sums sums = sums_of(view);
  if (sums.accepted > 0)
    return counted(sums.accepted, "attack was", "attacks were") + " let through in the last hour";
  if (const std::size_t down = sources_down(view); down > 0)
    return counted(down, "source cannot", "sources cannot") + " be read";
  if (!view.detections.empty())
    return counted(view.detections.size(), "detection is", "detections are") + " active";
  if (sums.matched > 0) return "All attacks of the last hour were refused";
  return view.sources.empty() ? "No sources yet" : "No attacks in the last hour";
}

std::string tab_of(const OverviewView& view) {
  if (const Sums sums = sums_of(view); sums.accepted > 0)
    return fmt::format("{} let through", web::grouped(sums.accepted));
  if (const std::size_t down = sources_down(view); down > 0)
    return fmt::format("{} down", web::grouped(down));
  return view.detections.empty() ? "" : fmt::format("{} active", web::grouped(view.detections.size()));
}

Html tiles(const OverviewView& view) {
  const Sums sums = sums_of(view);
  return web::counts(
      {{.number = sums.accepted, .label = "let through in the last hour", .tone = Tone::Bad},
       {.number = sums.matched - std::min(sums.matched, sums.accepted), .label = "refused in the last hour"},
       {.number = view.detections.size(), .label = "active detections", .tone = Tone::Warning},
       {.number = sources_down(view), .label = "sources down", .tone = Tone::Bad},
       {.number = view.sources.size() - sources_down(view), .label = "sources up"}});
}

Html more(std::size_t all, std::size_t shown, std::string_view what) {
  if (all <= shown) return {};
  return web::paragraph(web::muted(fmt::format("{} more {}", web::grouped(all - shown), what)));
}

/// Five minutes a bar; what was let through is of another colour, and in words.
Html bars_of(const ClassView& c, std::uint64_t greatest) {
  std::vector<web::Bar> bars;
  for (std::size_t i = 0; i < kHourSteps; ++i) {
    if (c.matched[i] == 0) {  // a pale line
      bars.push_back({std::numeric_limits<double>::quiet_NaN(), Tone::Neutral});
      continue;
    }
    const double share =
        static_cast<double>(c.matched[i]) / static_cast<double>(std::max(greatest, c.matched[i]));
    bars.push_back({share, c.accepted[i] > 0 ? Tone::Bad : Tone::Info});
  }
  return web::bars(
      bars, fmt::format("Each five minutes of the last hour, oldest first: {}", fmt::join(c.matched, ", ")));
}

Html let_through(std::uint64_t accepted) {
  if (accepted == 0) return "0";
  return web::badge(Tone::Bad, web::grouped(accepted));
}

Html classes(const OverviewView& view) {
  const Html out = web::heading("The last hour by class");
  std::vector<const ClassView*> seen;
  std::uint64_t greatest = 0;
  for (const ClassView& c : view.classes) {
    if (sum_of(c.matched) == 0 && sum_of(c.accepted) == 0) continue;
    seen.push_back(&c);
    greatest = std::max(greatest, *std::ranges::max_element(c.matched));
  }
  if (seen.empty()) return out + web::paragraph("No request of the last hour looked like an attack.");
  std::ranges::stable_sort(seen, std::greater<>(), [](const ClassView* c) {
    return std::pair(sum_of(c->accepted), sum_of(c->matched));
  });
  std::vector<web::Row> rows;
  for (const ClassView* c : seen) {
    const std::string url =
        "events?kind=attack&category=" + percent_encode(readable_text(c->category, kNameMax));
    rows.push_back({web::anchor(url, text_of(words_of(c->category), kNameMax)),
                    let_through(sum_of(c->accepted)), web::grouped(sum_of(c->matched)),
                    bars_of(*c, greatest)});
  }
  using enum web::Cell;
  return out +
         web::table(
             {{"Class", Name}, {"Let through", Number}, {"Matched", Number}, {"Five minutes a bar", Mark}},
             rows, "The last hour by class") +
         web::paragraph(web::muted("Let through: answered with a status below 400."));
}

Html who_of(const DetectionView& detection, bool is_masked) {
  const std::string client = is_masked ? masked_address(detection.client) : detection.client;
  const std::string account = is_masked ? masked_account(detection.account) : detection.account;
  if (client.empty()) return text_of(account, kNameMax);
  Html shown = client_of(client, detection.is_claimed);
  if (account.empty()) return shown;
  return shown + web::element("small", {}, "as " + text_of(account, kNameMax));
}

Html detections(const OverviewView& view) {
  if (view.detections.empty()) return {};
  std::vector<const DetectionView*> sorted;
  sorted.reserve(view.detections.size());
  for (const DetectionView& detection : view.detections) sorted.push_back(&detection);
  std::ranges::stable_sort(sorted, std::greater<>(), &DetectionView::severity);
  std::vector<web::Row> rows;
  for (const DetectionView* detection : std::span(sorted).first(std::min(sorted.size(), kDetectionsShown))) {
    const std::string summary = view.is_masked
                                    ? masked_text(readable_text(detection->summary, 1024), detection->account)
                                    : detection->summary;
    rows.push_back({severity_badge(detection->severity), text_of(words_of(detection->kind), kNameMax),
                    text_of(summary), who_of(*detection, view.is_masked),
                    text_of(detection->source, kNameMax), web::ago(detection->last, view.now)});
  }
  using enum web::Cell;
  return web::heading("Active detections") +
         web::table({{"Severity", Mark},
                     {"Kind", Name},
                     "What happens",
                     {"Who", Name},
                     {"Source", Name},
                     {"Last seen", Mark}},
                    rows, "Active detections") +
         more(sorted.size(), kDetectionsShown, "detections");
}

Html events(const OverviewView& view) {
  const Html out = web::heading("Last events");
  if (!view.events_trouble.empty())
    return out + web::alert("Events cannot be read: " + text_of(view.events_trouble));
  if (view.events.empty()) return out + web::paragraph("No event is stored yet.");
  std::vector<SecurityEvent> shown;
  for (const SecurityEvent& event : view.events) {
    if (shown.size() == kEventsShown) break;
    shown.push_back(view.is_masked ? masked(event) : event);
  }
  return out + event_table(shown, view.now) + web::link("events", "All events");
}

Html top(const OverviewView& view) {
  Html out;
  for (const TopList& list : view.top) {
    if (list.entries.empty()) continue;
    const TopList shown = view.is_masked ? masked(list) : readable(list);
    std::vector<web::Row> rows;
    for (const TopEntry& entry : shown.entries) {
      if (rows.size() == kTopShown) break;
      Html count = web::grouped(entry.count);
      if (entry.error > 0)
        count += web::element("small", {},
                              "at least " + web::grouped(entry.count - std::min(entry.count, entry.error)));
      rows.push_back({count, client_of(entry.key, entry.is_claimed)});
    }
    const std::string what = words_of(shown.measure);
    out += web::element("h3", {}, text_of("Clients: " + what, kNameMax)) + "\n" +
           web::table({{"Count", web::Cell::Number}, {"Client", web::Cell::Text}}, rows, "Clients: " + what);
  }
  return out.empty() ? out : web::heading("Top sources") + out;
}

Html posture(const OverviewView& view) {
  const Html out = web::heading("Posture");
  if (view.posture.empty())
    return out + web::paragraph("No target is scanned. Scans look at TLS, headers, cookies and open paths:") +
           web::code_block(kFirstScan);
  std::vector<Html> items;
  for (const PostureTarget& target : view.posture) {
    if (items.size() == kTargetsShown) break;
    items.push_back(web::anchor("posture", text_of(target.target, kNameMax)) + " " + score_badge(target));
  }
  return out + web::inline_list(items) + more(view.posture.size(), kTargetsShown, "targets");
}

Html source_state(const SourceView& source) {
  return source.is_up ? web::badge(Tone::Good, "up") : web::badge(Tone::Bad, "down");
}

Html lost(const SourceView& source) {
  return source.lost_bytes == 0 ? Html("0") : web::badge(Tone::Warning, web::grouped(source.lost_bytes));
}

Html sources(const OverviewView& view) {
  if (view.sources.empty())
    return web::heading("Sources") + web::paragraph("The configuration file (--config.file) names no log:") +
           web::code_block(kFirstSource);
  std::vector<const SourceView*> sorted;
  sorted.reserve(view.sources.size());
  for (const SourceView& source : view.sources) sorted.push_back(&source);
  std::ranges::stable_sort(sorted, {},
                           [](const SourceView* s) { return std::pair(s->is_up, s->lost_bytes == 0); });
  std::vector<web::Row> rows;
  for (const SourceView* source : std::span(sorted).first(std::min(sorted.size(), kSourcesShown))) {
    rows.push_back({text_of(source->name, kNameMax) +
                        web::element("small", {}, text_of(source->type + " " + source->path, 200)),
                    source_state(*source), web::grouped(source->lines), web::grouped(source->parse_failures),
                    web::grouped(source->lag_bytes), lost(*source),
                    source->last_event ? web::ago(*source->last_event, view.now) : Html("none yet"),
                    text_of(source->error)});
  }
  using enum web::Cell;
  return web::heading("Sources") +
         web::table({{"Source", Name},
                     {"State", Mark},
                     {"Lines", Number},
                     {"Not understood", Number},
                     {"Bytes behind", Number},
                     {"Bytes lost", Number},
                     {"Last event", Mark},
                     "Error"},
                    rows, "Sources") +
         more(sorted.size(), kSourcesShown, "sources");
}

Html first_steps() {
  return web::paragraph("The configuration file (--config.file) names no log. Add the first one to it:") +
         web::code_block(kFirstSource) +
         web::paragraph("Targets whose TLS, headers and cookies are looked at regularly stand beside it:") +
         web::code_block(kFirstScan) +
         web::paragraph(
             "Then let the daemon read the file again, with a POST to /-/reload or the signal HUP.");
}

}  // namespace

web::Page overview_page(const OverviewView& view) {
  web::Page page{.title = headline(view), .width = web::Width::Wide, .tab = tab_of(view)};
  if (view.sources.empty() && view.posture.empty()) {
    page.body = first_steps();
    if (!view.events.empty() || !view.events_trouble.empty()) page.body += events(view);
    return page;
  }
  page.body = tiles(view);
  if (view.is_masked) page.body += masking_note();
  page.body += classes(view) + detections(view) + sources(view) + events(view) + top(view) + posture(view);
  return page;
}

}  // namespace picket::security
