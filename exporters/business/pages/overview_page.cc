#include "exporters/business/pages/overview_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/strings.h"
#include "base/time/timestamp.h"
#include "base/web/form.h"
#include "base/web/parts.h"
#include "base/web/table.h"

namespace picket::business {
namespace {

using web::Html;
using web::Tone;

constexpr std::size_t kQueriesShown = 200;
constexpr std::size_t kFilterFrom = 10;   // queries, from which on one looks for some
constexpr std::size_t kMessageMax = 300;  // bytes
constexpr std::string_view kFirstQuery =
    "databases:\n"
    "- {name: shop, dsn: \"sqlite:/var/lib/shop/shop.db\"}\n"
    "queries:\n"
    "- name: orders\n"
    "  database: shop\n"
    "  sql: SELECT region, count(*) AS n FROM orders GROUP BY region\n"
    "  metrics:\n"
    "  - {name: app_orders_total, type: counter, help: Orders., labels: [region], value: n}\n";

/// How a query does; the order is that of the list.
enum class Health { Withdrawn, Fails, Waits, Good };

Health health_of(const QueryStatus& query) {
  if (query.stale) return Health::Withdrawn;
  if (!query.last_error.empty()) return Health::Fails;
  return query.result ? Health::Good : Health::Waits;
}

std::size_t count_of(const Overview& overview, Health health) {
  return static_cast<std::size_t>(std::ranges::count(overview.queries, health, health_of));
}

std::size_t databases_down(const Overview& overview) {
  return static_cast<std::size_t>(
      std::ranges::count_if(overview.lanes, [](const LaneStatus& lane) { return !lane.up.value_or(true); }));
}

Html state_of(const QueryStatus& query) {
  switch (health_of(query)) {
    case Health::Withdrawn:
      return web::badge(Tone::Bad, "stale");
    case Health::Fails:
      return web::badge(query.result ? Tone::Warning : Tone::Bad, "fails");
    case Health::Waits:
      return web::badge(Tone::Neutral, "not run yet");
    case Health::Good:
      break;
  }
  return web::badge(Tone::Good, "good");
}

std::string are(std::size_t number, std::string_view one, std::string_view many, std::string_view what) {
  return fmt::format("{} {} {}", web::grouped(number), number == 1 ? one : many, what);
}

std::string headline(const Overview& overview) {
  if (overview.queries.empty()) return "No queries yet";
  if (const std::size_t down = databases_down(overview); down > 0)
    return are(down, "database is", "databases are", "down");
  const std::size_t bad = count_of(overview, Health::Withdrawn) + count_of(overview, Health::Fails);
  if (bad > 0) return fmt::format("{} {}", web::grouped(bad), bad == 1 ? "query fails" : "queries fail");
  return "All queries are good";
}

std::string tab_of(const Overview& overview) {
  if (const std::size_t down = databases_down(overview); down > 0)
    return fmt::format("{} down", web::grouped(down));
  const std::size_t bad = count_of(overview, Health::Withdrawn) + count_of(overview, Health::Fails);
  return bad > 0 ? fmt::format("{} failing", web::grouped(bad)) : "";
}

Html tiles(const Overview& overview) {
  return web::counts({{.number = count_of(overview, Health::Withdrawn), .label = "stale", .tone = Tone::Bad},
                      {.number = count_of(overview, Health::Fails), .label = "fail", .tone = Tone::Warning},
                      {.number = count_of(overview, Health::Waits), .label = "not run yet"},
                      {.number = count_of(overview, Health::Good), .label = "good", .tone = Tone::Good}});
}

Html lane_state(const LaneStatus& lane) {
  if (!lane.up) return web::badge(Tone::Neutral, "not tried yet");
  return *lane.up ? web::badge(Tone::Good, "up") : web::badge(Tone::Bad, "down");
}

std::string sessions_of(const LaneStatus& lane) {
  std::string sessions = fmt::format("{} busy, {} idle", lane.busy, lane.idle);
  if (lane.waiting > 0) sessions += fmt::format(", {} waiting", web::grouped(lane.waiting));
  return sessions;
}

/// Rights beyond reading, with the statements that mend them.
Html rights(const Overview& overview) {
  Html out;
  for (const LaneStatus& lane : overview.lanes) {
    for (const std::string& advice : lane.warnings)
      out += web::alert(web::code(lane.database) + ": " + advice);
  }
  return out;
}

Html databases(const Overview& overview) {
  if (overview.lanes.empty()) return {};
  std::vector<web::Row> rows;
  rows.reserve(overview.lanes.size());
  for (const LaneStatus& lane : overview.lanes)
    rows.push_back({lane.database, lane_state(lane), sessions_of(lane), truncate(lane.error, kMessageMax)});
  using enum web::Cell;
  return web::heading("Databases") +
         web::table({{"Database", Name}, {"State", Mark}, {"Sessions", Mark}, "Error"}, rows, "Databases") +
         rights(overview);
}

Html packs(const Overview& overview) {
  if (overview.packs.empty()) return {};
  std::vector<web::Row> rows;
  rows.reserve(overview.packs.size());
  for (const PackUse& use : overview.packs)
    rows.push_back({use.pack, find_pack(use.pack)->summary, use.database, use.schema});
  using enum web::Cell;
  return web::heading("Packs") +
         web::table({{"Pack", Name}, "What it counts", {"Database", Name}, {"Schema", Name}}, rows, "Packs") +
         web::link("reports", "Reports of the packs");
}

std::string took(const QueryStatus& query) {
  if (!query.last_run) return "";
  const double millis = seconds(query.last_took) * 1e3;
  return millis < 1000 ? fmt::format("{:.{}f} ms", millis, millis < 10 ? 1 : 0)
                       : fmt::format("{:.1f} s", millis / 1e3);
}

std::string next_run(const Overview& overview, const QueryStatus& query) {
  const auto found = overview.next_runs.find(query.config->name);
  if (found == overview.next_runs.end()) return "";
  return found->second < std::chrono::seconds(1) ? "now" : "in " + web::spoken(found->second);
}

Html error_of(const QueryStatus& query, WallTime now) {
  if (query.last_error.empty()) return {};
  Html out = truncate(query.last_error, kMessageMax);
  if (query.last_success)
    out += web::element("small", {}, "last good result " + web::ago(*query.last_success, now));
  return out;
}

web::Row row_of(const Overview& overview, const QueryStatus& query) {
  return {Html(query.config->name) + web::element("small", {}, query.config->database),
          state_of(query),
          query.last_run ? web::ago(*query.last_run, overview.now) : Html(),
          took(query),
          query.result ? Html(web::grouped(query.result->rows)) : Html(),
          next_run(overview, query),
          error_of(query, overview.now)};
}

std::vector<const QueryStatus*> asked_for(const Overview& overview, std::string_view text) {
  const std::string lower = to_lower(text);
  std::vector<const QueryStatus*> queries;
  for (const QueryStatus& query : overview.queries) {
    const std::string names = to_lower(query.config->name + " " + query.config->database);
    if (names.find(lower) != std::string::npos) queries.push_back(&query);
  }
  std::ranges::stable_sort(queries, {}, [](const QueryStatus* query) { return health_of(*query); });
  return queries;
}

Html queries(const Overview& overview, const Target& target) {
  const std::string* asked = target.param("q");
  const std::string text = asked == nullptr ? "" : *asked;
  const std::vector<const QueryStatus*> found = asked_for(overview, text);
  Html out = web::heading("Queries");
  if (overview.queries.size() > kFilterFrom || !text.empty()) {
    out += web::filter_form(
        "./", web::input({.label = "Find", .name = "q", .type = "search", .value = text, .optional = true}) +
                  web::button("Show"));
  }
  if (found.empty()) return out + web::paragraph("No query matches. " + web::anchor("./", "Show all"));
  std::vector<web::Row> rows;
  for (const QueryStatus* query : found) {
    if (rows.size() == kQueriesShown) break;
    rows.push_back(row_of(overview, *query));
  }
  using enum web::Cell;
  out += web::table({{"Query", Name},
                     {"State", Mark},
                     {"Last run", Mark},
                     {"Took", Number},
                     {"Rows", Number},
                     {"Next run", Mark},
                     "Error"},
                    rows, "Queries");
  if (found.size() > rows.size())
    out += web::paragraph(web::muted(fmt::format("{} more. Find some by name, or see the metrics.",
                                                 web::grouped(found.size() - rows.size()))));
  return out;
}

Html first_steps() {
  return web::paragraph("The configuration file (--config.file) names no query. Add the first one to it:") +
         web::code_block(kFirstQuery) +
         web::paragraph(
             "Then let the daemon read the file again, with a POST to /-/reload or the signal HUP.");
}

}  // namespace

web::Page overview_page(const Overview& overview, const Target& target) {
  web::Page page{.title = headline(overview), .width = web::Width::Wide, .tab = tab_of(overview)};
  if (overview.queries.empty()) {
    page.body = first_steps() + databases(overview);
    return page;
  }
  page.body = tiles(overview) + queries(overview, target) + databases(overview) + packs(overview);
  return page;
}

}  // namespace picket::business
