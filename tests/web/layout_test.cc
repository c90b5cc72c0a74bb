#include "base/web/layout.h"

#include <gtest/gtest.h>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/web/error_page.h"
#include "base/web/parts.h"
#include "base/web/style.h"

namespace picket::web {
namespace {

constexpr std::string_view kMarkup = "\"></title></style><script>1</script>";

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Site hostile_site() {
  const std::string text(kMarkup);
  return {.name = text,
          .product = text,
          .root = text,
          .icon = text,
          .navigation = {{text, text}},
          .footer = text};
}

TEST(Layout, EscapesEveryField) {
  const std::string text(kMarkup);
  const Response page = render(hostile_site(), {.title = text, .body = paragraph(text), .tab = text});
  EXPECT_FALSE(says(page.body, "<script"));
  EXPECT_EQ(page.body.find("</title>"), page.body.rfind("</title>"));
  EXPECT_EQ(page.body.find("</style>"), page.body.rfind("</style>"));
}

TEST(Layout, AllowsItsStyleSheetAlone) {
  const Response page =
      render({.name = "demo"}, {.title = "Hello", .form_targets = {"https://app.example.org"}});
  EXPECT_EQ(page.headers.get("Content-Security-Policy"),
            "default-src 'none'; img-src 'self'; style-src 'sha256-" + base64_encode(sha256(style_sheet())) +
                "'; base-uri 'none'; form-action 'self' https://app.example.org; frame-ancestors 'none'");
  EXPECT_TRUE(says(page.body, "<style>" + std::string(style_sheet()) + "</style>"));
  EXPECT_EQ(page.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(page.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
}

TEST(Layout, SaysWhereOneIs) {
  const Response page =
      render({.name = "demo", .navigation = {{"metrics", "Metrics"}}, .footer = "version 1"},
             {.title = "Services", .width = Width::Wide, .tab = "3 down"});
  EXPECT_TRUE(says(page.body, "<title>3 down · demo</title>")) << page.body;
  EXPECT_TRUE(says(page.body, "<h1>Services</h1>"));
  EXPECT_TRUE(says(page.body, "<body class=\"wide\">"));
  EXPECT_TRUE(says(page.body, "<a class=\"brand\" href=\"./\"><span>Picket</span> <b>demo</b></a>"));
  EXPECT_TRUE(says(page.body, "<a href=\"./metrics\">Metrics</a>"));
  EXPECT_TRUE(says(page.body, "<footer>version 1</footer>"));
  const Response bare = render({.name = "Our site", .product = ""}, {.title = "Our site"});
  EXPECT_TRUE(says(bare.body, "<title>Our site</title>"));
  EXPECT_TRUE(says(bare.body, "href=\"./\"><b>Our site</b></a>"));
}

TEST(Layout, FindsItsRootFromEveryPath) {
  const std::vector<std::pair<std::string, std::string>> rows = {{"/", "./"},
                                                                 {"/metrics", "./"},
                                                                 {"/?q=a/b", "./"},
                                                                 {"/auth/login", "../"},
                                                                 {"/auth/x/", "../../"},
                                                                 {"/a%2Fb", "./"},
                                                                 {"*", "./"},
                                                                 {"/" + std::string(40, '/'), "/"}};
  for (const auto& [raw, root] : rows) {
    Target target;
    target.raw = raw;
    EXPECT_EQ(root_of(target), root) << raw;
  }
}

TEST(ErrorPage, SaysWhatHappenedAndWhatToDo) {
  const std::string text(kMarkup);
  const Response page =
      error_page({.name = "demo", .root = "../"},
                 {.status = 403, .title = "Not allowed", .what = "No <entry>.", .what_to_do = "Ask & wait."});
  EXPECT_EQ(page.status, 403);
  EXPECT_TRUE(says(page.body, "<h1>Not allowed</h1>"));
  EXPECT_TRUE(says(page.body, "<p role=\"alert\">No &lt;entry&gt;.</p>"));
  EXPECT_TRUE(says(page.body, "<p>Ask &amp; wait.</p>"));
  EXPECT_TRUE(says(page.body, "<a href=\"../\">To the start page</a>"));
  EXPECT_TRUE(says(page.body, "Status 403 (Forbidden)"));
  const Response hostile = error_page(hostile_site(), {404, text, text, text});
  EXPECT_FALSE(says(hostile.body, "<script"));
}

}  // namespace
}  // namespace picket::web
