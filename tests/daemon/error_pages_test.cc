// What goes wrong, as a browser and as a program get it.
#include <gtest/gtest.h>

#include <sstream>

#include "base/daemon/version.h"
#include "tests/daemon/running_daemon.h"
#include "tests/support/page_faults.h"

namespace picket::test {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

TEST(DaemonErrors, ArePagesForBrowsersAndJsonForPrograms) {
  const RunningDaemon daemon("message: one\n");
  struct Case {
    std::string path;
    HttpHeaders headers;
    int status;
    std::string says;
  };
  for (const Case& c : {Case{"/nothing/<b>", {}, 404, "There is no page /nothing/&lt;b&gt; here."},
                        Case{"/-/reload", {}, 405, "It takes POST, PUT, OPTIONS."},
                        Case{"/metrics",
                             {{"X-Forwarded-For", "192.0.2.1"}},
                             403,
                             "A request that came through a proxy gets no"}}) {
    HttpHeaders headers = c.headers;
    const HttpAnswer json = daemon.get(c.path, headers);
    EXPECT_EQ(json.status, c.status);
    EXPECT_EQ(json.header("Content-Type"), "application/problem+json") << json.body;
    EXPECT_TRUE(has(json.header("Vary"), "Accept")) << json.header("Vary");
    headers.emplace("Accept", kBrowser);
    const HttpAnswer page = daemon.get(c.path, headers);
    EXPECT_EQ(page.status, c.status);
    EXPECT_TRUE(has(page.header("Content-Type"), "text/html")) << page.body;
    EXPECT_TRUE(has(page.header("Vary"), "Accept")) << page.header("Vary");
    EXPECT_TRUE(has(page.header("Content-Security-Policy"), "default-src 'none'"));
    EXPECT_TRUE(has(page.body, c.says)) << page.body;
    EXPECT_FALSE(has(page.body, std::string(version()))) << "no stranger need know it";
    EXPECT_FALSE(has(page.body, "<script"));
  }
}

TEST(DaemonErrors, APageIsFineInABrowserAndLeadsToTheStart) {
  const RunningDaemon daemon("message: one\n");
  Browser browser;
  std::stringstream faults(page_faults_everywhere(browser, daemon.url("/a/b?c=/"), "not-found"));
  for (std::string line; std::getline(faults, line);)
    EXPECT_TRUE(has(line, "console: ") && has(line, "404")) << line;  // of the page itself
  browser.click("main a");
  EXPECT_EQ(browser.url(), daemon.url("/"));
}

}  // namespace
}  // namespace picket::test
