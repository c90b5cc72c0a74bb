// The pages of authd as they look: at both widths, light and dark, in the fleet's style. And the pages that
// say what went wrong, where a program gets JSON.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/e2e/authd/behind_nginx.h"
#include "tests/support/browser.h"
#include "tests/support/page_faults.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

constexpr const char* kAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

class AuthPagesBrowserTest : public ::testing::Test {
 protected:
  void log_in(const std::string& name) {
    browser_.open(site_.portal("/auth/login"));
    browser_.type("#username", name);
    browser_.type("#password", kPassword);
    browser_.press("Log in");
  }
  std::string faults_of(const std::string& path, const std::string& name) {
    return page_faults_everywhere(browser_, site_.portal(path), "authd-" + name);
  }
  /// Of the page that is open and cannot be opened again.
  std::string faults_here(const std::string& name) {
    std::string faults;
    for (const int width : {1280, 390}) {
      for (const bool is_dark : {false, true}) {
        browser_.show_as(width, is_dark);
        for (const std::string& fault : page_faults(browser_)) faults += fmt::format("{}: {}\n", name, fault);
        const char* folder = std::getenv("PICKET_SCREENSHOTS");
        if (folder == nullptr) continue;
        browser_.screenshot(std::string(folder) + "/authd-" + name + "-" + std::to_string(width) +
                            (is_dark ? "-dark" : "-light") + ".png");
      }
    }
    return faults;
  }

  BehindNginx site_{kRaisedLimits};
  Browser browser_{site_.hosts()};
};

TEST_F(AuthPagesBrowserTest, OfStrangersAreFine) {
  EXPECT_EQ(faults_of("/auth/login?rd=https%3A%2F%2Fapp.example.org%2Freports", "login"), "");
  EXPECT_EQ(faults_of("/auth/forgot", "recovery"), "");
  // The link does not tell whose password it sets, so that the page cannot tell a password manager.
  std::stringstream faults(faults_of("/auth/reset?token=x", "reset"));
  for (std::string line; std::getline(faults, line);)
    EXPECT_NE(line.find("should have (optionally hidden) username fields"), std::string::npos) << line;
  EXPECT_EQ(faults_of("/auth/invitation?token=x", "invitation"), "");
  EXPECT_EQ(faults_of("/auth/email?token=x", "email"), "");
}

TEST_F(AuthPagesBrowserTest, OfAPersonAreFine) {
  site_.authd().create_user("alice", "user", kPassword);
  log_in("alice");
  EXPECT_EQ(faults_of("/auth/account", "account"), "");
  EXPECT_EQ(faults_of("/auth/phone", "phone"), "");
  EXPECT_EQ(faults_of("/auth/confirm", "confirm"), "");
  EXPECT_EQ(faults_of("/auth/enrol", "enrol"), "");
  browser_.type("#password", kPassword);
  browser_.press("Continue");
  EXPECT_EQ(faults_here("enrol-code"), "");
  browser_.type("#code", app_code(browser_.text("#totp-secret")));
  browser_.press("Confirm");
  EXPECT_EQ(faults_here("enrol-done"), "");
  const std::string lines_of_codes = browser_.run(
      "return Math.max(...[...document.querySelectorAll('#backup-codes li')].map(item => {"
      "const range = document.createRange(); range.selectNodeContents(item);"
      "return range.getClientRects().length; }));");
  EXPECT_EQ(lines_of_codes, "1") << "a code stands on one line";
}

TEST_F(AuthPagesBrowserTest, AFormThatIsOutOfDateIsSaidInWords) {
  site_.authd().create_user("alice", "user", kPassword);
  log_in("alice");
  browser_.open(site_.portal("/auth/account"));
  browser_.run("document.querySelector('[name=csrf]').value = 'of another session';");
  browser_.press("Log out");
  EXPECT_EQ(browser_.text("h1"), "This form is out of date");
  EXPECT_NE(browser_.text("[role=alert]").find("Open the page again"), std::string::npos);
  EXPECT_EQ(browser_.title(), "This form is out of date · Example");
  browser_.click("main a");
  EXPECT_EQ(browser_.url(), site_.portal("/auth/account"));
}

TEST_F(AuthPagesBrowserTest, APageThatIsNotThereAndOneOfAnotherSiteAreSaidInWords) {
  const HttpAnswer missing = site_.get(site_.portal("/auth/nothing"), {{"Accept", kAccept}});
  EXPECT_EQ(missing.status, 404);
  EXPECT_NE(missing.body.find("There is no page /auth/nothing here."), std::string::npos) << missing.body;
  EXPECT_NE(missing.body.find("<b>Example</b>"), std::string::npos) << missing.body;
  const HttpAnswer program = site_.get(site_.portal("/auth/nothing"));
  EXPECT_EQ(program.header("Content-Type"), "application/problem+json") << program.body;
  const HttpAnswer foreign = site_.post(site_.portal("/auth/login"), "username=alice&password=x",
                                        {{"Content-Type", "application/x-www-form-urlencoded"},
                                         {"Origin", "https://evil.example"},
                                         {"Accept", kAccept}});
  EXPECT_EQ(foreign.status, 403);
  EXPECT_NE(foreign.body.find("This came from another site."), std::string::npos) << foreign.body;
  EXPECT_NE(foreign.header("Content-Type").find("text/html"), std::string::npos);
}

TEST_F(AuthPagesBrowserTest, ABlockedNetworkIsToldInWordsAndProgramsInJson) {
  const Finished added =
      site_.authd().authctl({"block", "add", "203.0.113.0/24", "--for", "2h", "--reason", "a flood"});
  ASSERT_EQ(added.exit_code, 0) << added.errors;
  const HttpHeaders from{{"X-Client-Address", "203.0.113.9"}};
  ASSERT_TRUE(wait_until(std::chrono::seconds(30),
                         [&] { return site_.get(site_.portal("/auth/login"), from).status == 403; }));
  const HttpAnswer program = site_.get(site_.portal("/auth/login"), from);
  EXPECT_EQ(program.header("Content-Type"), "application/problem+json") << program.body;
  const HttpAnswer page =
      site_.get(site_.portal("/auth/login"), {{"X-Client-Address", "203.0.113.9"}, {"Accept", kAccept}});
  EXPECT_EQ(page.status, 403);
  EXPECT_NE(page.header("Content-Type").find("text/html"), std::string::npos) << page.body;
  EXPECT_NE(page.body.find("This network is blocked for a while."), std::string::npos) << page.body;
  EXPECT_NE(page.header("Vary").find("Accept"), std::string::npos) << page.header("Vary");
}

}  // namespace
}  // namespace picket::test
