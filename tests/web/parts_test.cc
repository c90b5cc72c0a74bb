// The pieces of pages: what strangers may have written is text in each, whatever it says.
#include <gtest/gtest.h>

#include <cmath>

#include "base/text/escape.h"
#include "base/time/timestamp.h"
#include "base/web/chart.h"
#include "base/web/form.h"
#include "base/web/parts.h"
#include "base/web/table.h"

namespace picket::web {
namespace {

constexpr std::string_view kHostile = "\"><script>alert('1')</script>&amp;<img src=x onerror=alert(1)>";
const std::string kEscaped =
    "&#34;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;&lt;img src=x onerror=alert(1)&gt;";

bool has(const Html& html, std::string_view text) {
  return html.str().find(text) != std::string::npos;
}

TEST(Html, EscapesTextUnlessItIsHtml) {
  EXPECT_EQ(Html(kHostile).str(), kEscaped);
  EXPECT_EQ(paragraph(kHostile).str(), "<p>" + kEscaped + "</p>\n");
  EXPECT_EQ(paragraph(element("b", {}, "a<b") + std::string("<i>")).str(), "<p><b>a&lt;b</b>&lt;i&gt;</p>\n");
  EXPECT_EQ(Html::markup("<br>").str(), "<br>");
}

TEST(Html, RepairsBytesAndHidesControls) {
  EXPECT_EQ(Html("a\xff\x01\x1b[31mb\n\tc").str(), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD[31mb\n\tc");
  EXPECT_EQ(Html(std::string("a\0b", 3)).str(),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(element("p", {{"title", "\xff\x7f"}}, {}).str(), "<p title=\"\xEF\xBF\xBD\xEF\xBF\xBD\"></p>");
}

TEST(Html, EveryPieceEscapesEveryField) {
  const std::string text(kHostile);
  const std::vector<double> values{1, 2};
  const std::vector<Bar> some_bars{{.share = 1, .tone = Tone::Good}};
  const std::vector<Html> pieces = {
      heading(text),
      paragraph(text),
      muted(text),
      alert(text),
      notice(text),
      code(text),
      code_block(text),
      anchor(text, text),
      link(text, text),
      badge(Tone::Bad, text),
      definitions({{text, text}}),
      counts({{.number = 1, .label = text, .href = text}}),
      table({text}, {{text}}, text),
      table({{text, Cell::Name}}, {{text}}),
      hidden(text, text),
      csrf_field(text),
      checkbox(text, text),
      input({.label = text, .name = text, .type = text, .autocomplete = text, .hint = text, .value = text}),
      select({.label = text, .name = text, .value = text, .options = {{text, text}}}),
      button(text),
      quiet_button(text),
      form(text, text),
      filter_form(text, text),
      sparkline(values, text),
      bars(some_bars, text)};
  for (const Html& piece : pieces) {
    EXPECT_FALSE(has(piece, "<script")) << piece.str();
    EXPECT_FALSE(has(piece, "<img")) << piece.str();
    EXPECT_FALSE(has(piece, "\">&lt;")) << piece.str();
    EXPECT_TRUE(has(piece, kEscaped)) << piece.str();
  }
}

TEST(Anchor, FollowsNoScript) {
  for (const char* href : {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x",
                           " javascript:alert(1)", "java\tscript:alert(1)"}) {
    EXPECT_EQ(anchor(href, "go").str(), "go") << href;
  }
  for (const char* href : {"./metrics", "../x?a=b:c", "#part", "?q=a:b", "https://example.org/", "mailto:a@b",
                           "/path:with", "//example.org"}) {
    EXPECT_TRUE(has(anchor(href, "go"), "<a href=")) << href;
  }
}

TEST(Badge, SaysItsStateInAWord) {
  EXPECT_EQ(badge(Tone::Warning, "degraded").str(), "<span class=\"badge warning\">degraded</span>");
}

TEST(Counts, MarkTheCurrentOneAndColourNoZero) {
  const Html html =
      counts({{.number = 0, .label = "down", .tone = Tone::Bad, .href = "?state=down"},
              {.number = 10000, .label = "up", .tone = Tone::Good, .href = "?", .is_current = true}});
  EXPECT_TRUE(has(html, "<li class=\"neutral\"><a href=\"?state=down\"><b>0</b>")) << html.str();
  EXPECT_TRUE(has(html, "<li class=\"good\"><a href=\"?\" aria-current=\"true\"><b>10,000</b>"))
      << html.str();
}

TEST(Table, NamesEachValueForNarrowScreensAndLeavesEmptyColumnsOut) {
  const Html html = table({{"Service", Cell::Name}, {"Latency", Cell::Number}, "Error", ""},
                          {{"api", "5 ms", "", button("End")}, {"web", "", "", ""}}, "Services");
  EXPECT_TRUE(has(html, "<td class=\"name\" data-label=\"Service\"><span>api</span></td>")) << html.str();
  EXPECT_TRUE(has(html, "<td class=\"number\" data-label=\"Latency\"></td>")) << html.str();
  EXPECT_FALSE(has(html, "Error")) << html.str();
  EXPECT_TRUE(has(html, "aria-label=\"Services\"")) << html.str();
  EXPECT_TRUE(has(html, "<td class=\"text\"><button>")) << html.str();
}

TEST(Form, CarriesItsTokenAndLabelsItsFields) {
  const Html html =
      form("./x", csrf_field("t&t") + input({.label = "Name", .name = "user", .hint = "as in mail"}));
  EXPECT_TRUE(has(
      html, "<form method=\"post\" action=\"./x\"><input type=\"hidden\" name=\"csrf\" value=\"t&amp;t\">"));
  EXPECT_TRUE(has(html, "<label for=\"user\">Name</label>"));
  EXPECT_TRUE(has(html, "required=\"\""));
  EXPECT_TRUE(has(html, "aria-describedby=\"user-hint\""));
  EXPECT_FALSE(has(input({.label = "Name", .name = "q", .optional = true}), "required"));
}

TEST(Sparkline, SpansItsValuesAndLeavesGaps) {
  const std::vector<double> values{0, 10, NAN, 5};
  const Html html = sparkline(values, "sent per hour");
  EXPECT_TRUE(has(html, "<title>sent per hour</title>"));
  EXPECT_TRUE(has(html, "d=\"M2.0 22.0L40.7 2.0M118.0 12.0\"")) << html.str();
  for (const std::vector<double>& odd : {std::vector<double>{}, {1}, {NAN, NAN}, {INFINITY, 3, 3}}) {
    EXPECT_FALSE(has(sparkline(odd, "odd"), "nan")) << sparkline(odd, "odd").str();
    EXPECT_FALSE(has(sparkline(odd, "odd"), "inf")) << sparkline(odd, "odd").str();
  }
}

TEST(Bars, StandBesideEachOtherAndStayWithin) {
  const std::vector<Bar> values{{0.5, Tone::Good}, {NAN, Tone::Good}, {7, Tone::Bad}};
  const Html html = bars(values, "uptime");
  EXPECT_TRUE(has(html, "<rect class=\"good\" x=\"0\" y=\"12.0\" width=\"6\" height=\"12.0\">"))
      << html.str();
  EXPECT_TRUE(has(html, "<rect class=\"unknown\" x=\"8\"")) << html.str();
  EXPECT_TRUE(has(html, "<rect class=\"bad\" x=\"16\" y=\"0.0\" width=\"6\" height=\"24.0\">")) << html.str();
}

TEST(Words, ForNumbersAndTimes) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  using namespace std::chrono_literals;
  EXPECT_EQ(spoken(-5s), "0 s");
  EXPECT_EQ(spoken(59s + 900ms), "59 s");
  EXPECT_EQ(spoken(59min + 59s), "59 min");
  EXPECT_EQ(spoken(3h), "3 h");
  EXPECT_EQ(spoken(3h + 5min), "3 h 5 min");
  EXPECT_EQ(spoken(52h), "2 d 4 h");
  const WallTime now = *parse_rfc3339("2026-11-30T12:00:00Z");
  EXPECT_EQ(ago(now - 90s, now).str(),
            "<time datetime=\"2026-11-30T11:58:30.000Z\" title=\"2026-11-30 11:58:30 UTC\">1 min ago</time>");
  EXPECT_TRUE(has(ago(now, now), ">just now<"));
}

}  // namespace
}  // namespace picket::web
