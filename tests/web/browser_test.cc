// The pages as a browser shows them, below a path prefix: every piece on one page, and the page of an error.
#include <gtest/gtest.h>

#include <cmath>

#include "base/time/timestamp.h"
#include "base/web/chart.h"
#include "base/web/error_page.h"
#include "base/web/form.h"
#include "base/web/parts.h"
#include "base/web/table.h"
#include "tests/support/page_faults.h"
#include "tests/support/peer_server.h"

namespace picket::web {
namespace {

using test::Browser;
using test::LocalPeer;

const std::string kLongName(128, 'x');

Html sample_table() {
  const std::vector<Bar> uptime{{1, Tone::Good}, {0.4, Tone::Bad}, {NAN}, {0.9, Tone::Warning}};
  std::vector<Row> rows;
  for (const Tone tone : {Tone::Good, Tone::Warning, Tone::Bad, Tone::Info, Tone::Neutral}) {
    rows.push_back({std::string("payments-api.example.org:8443"), badge(tone, to_string(tone)), "12 ms",
                    bars(uptime, "uptime of four days"),
                    ("connect: connection refused by 192.0.2.1 port 443, certificate of "
                     "https://a.very.long.name.example.org/with/a/path?and=a&query=string")});
  }
  rows.push_back({kLongName, badge(Tone::Bad, "down"), "", "", kLongName});
  return table({{"Service", Cell::Name}, "State", {"Latency", Cell::Number}, "Uptime", "Last error"}, rows);
}

Html every_piece() {
  const std::vector<double> sent{3, 4, 9, NAN, 2, 8, 8};
  return alert("It went wrong.") + notice("It went well.") +
         paragraph("Words, and " + muted("less of them.")) +
         counts(
             {{.number = 12345, .label = "operational", .tone = Tone::Good, .href = "./?a"},
              {.number = 3, .label = "degraded", .tone = Tone::Warning, .href = "./?b", .is_current = true},
              {.number = 2, .label = "down", .tone = Tone::Bad, .href = "./?c"},
              {.number = 0, .label = "unknown"}}) +
         heading("A table") + sample_table() + heading("A list") +
         definitions({{anchor("./metrics", code("/metrics")), "What Prometheus reads"},
                      {kLongName, kLongName},
                      {"Sent", sparkline(sent, "sent per hour")}}) +
         code_block("checks:\n- {name: website, prober: {http: {url: \"https://example.org/" + kLongName +
                    "\"}}}") +
         filter_form(
             "./",
             input({.label = "Find", .name = "q", .type = "search", .optional = true}) +
                 select({.label = "State", .name = "state", .options = {{"", "all"}, {"down", "down"}}}) +
                 button("Show")) +
         form("./post", csrf_field("t") + input({.label = "Name", .name = "user", .hint = "As in emails"}) +
                            checkbox("stay", "Stay logged in") + button("Send") + quiet_button("Cancel")) +
         link("./elsewhere", "Elsewhere");
}

test::PeerAnswer answer_of(const Response& response) {
  test::PeerAnswer answer{.status = response.status, .body = response.body};
  for (const auto& [name, value] : response.headers) answer.headers.emplace(name, value);
  return answer;
}

/// Serves the pages below /prefix/, as behind a proxy that takes the prefix away.
test::PeerAnswer answer(const test::PeerRequest& request) {
  constexpr std::string_view kPrefix = "/prefix";
  if (!request.path.starts_with(kPrefix)) return {.status = 500, .body = "outside of the prefix"};
  const Target target = *Target::parse(request.path.substr(kPrefix.size()));
  if (target.path == "/favicon.ico")
    return {.status = 200,
            .body = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            .headers = {{"Content-Type", "image/svg+xml"}}};
  const Site site{.name = "demo",
                  .root = root_of(target),
                  .navigation = {{"", "Start"}, {"pieces", "Pieces"}, {"a/b/error", "Error"}},
                  .footer = "demo · version 1 · revision 0123456789ab"};
  if (target.path == "/a/b/error")
    return answer_of(
        error_page(site, {200, "Not found", "There is no page " + kLongName + " here.", "Go back."}));
  if (target.path == "/narrow")
    return answer_of(render(
        site,
        {.title = "Log in",
         .body = form("./in", input({.label = "Name", .name = "n"}) + button("Log in")) + sample_table(),
         .width = Width::Narrow}));
  return answer_of(render(site, {.title = "Every piece", .body = every_piece(), .width = Width::Wide}));
}

class WebPages : public ::testing::Test {
 protected:
  std::string faults(const std::string& path, const std::string& name) {
    return test::page_faults_everywhere(browser_, peer_.url("/prefix" + path), name);
  }
  LocalPeer peer_{answer};
  Browser browser_;
};

TEST_F(WebPages, AreFineAtEveryWidthAndInEveryLight) {
  EXPECT_EQ(faults("/pieces", "pieces"), "");
  EXPECT_EQ(faults("/a/b/error", "error"), "");
  EXPECT_EQ(faults("/narrow", "narrow"), "");
}

TEST_F(WebPages, StayBelowTheirPrefix) {
  browser_.open(peer_.url("/prefix/a/b/error"));
  browser_.click("main a");
  EXPECT_EQ(browser_.url(), peer_.url("/prefix/"));
  browser_.click("nav a:nth-child(2)");
  EXPECT_EQ(browser_.url(), peer_.url("/prefix/pieces"));
  EXPECT_EQ(browser_.text("h1"), "Every piece");
  browser_.type("#q", "a b");
  browser_.press("Show");
  EXPECT_EQ(browser_.url(), peer_.url("/prefix/?q=a+b&state="));
}

TEST_F(WebPages, ScrollWithinTheTable) {
  browser_.show_as(800, false);
  browser_.open(peer_.url("/prefix/pieces"));
  EXPECT_EQ(
      browser_.run(
          "const t = document.querySelector('.scroll');"
          "return t.scrollWidth > t.clientWidth && document.documentElement.scrollWidth <= innerWidth;"),
      "true");
}

}  // namespace
}  // namespace picket::web
