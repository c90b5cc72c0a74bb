// Reports and pages of the program itself: over HTTP, behind a path prefix, in a browser, with a database
// that does not answer.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sql/database.h"
#include "base/time/calendar.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/nginx_server.h"
#include "tests/support/page_faults.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::business {
namespace {

using picket::test::Browser;
using picket::test::http_get;
using picket::test::HttpAnswer;
using picket::test::NginxServer;
using picket::test::Process;
using std::chrono::seconds;
using ::testing::HasSubstr;

/// A server that takes connections and says nothing.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as the sockets API has it
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket_, 16), 0);
  }
  ~SilentServer() { ::close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  int port() const { return port_; }

 private:
  const int port_ = test::free_port();
  const int socket_;
};

class ReportsOfProgram : public ::testing::Test {
 protected:
  ReportsOfProgram() : shop_(*sql::Database::open(*sql::Dsn::parse(dir_.file("shop.db")))) {
    change("CREATE TABLE kpi_bookings (currency TEXT, line TEXT, amount_minor BIGINT, booked_at BIGINT)");
    change("CREATE TABLE kpi_refunds (currency TEXT, line TEXT, amount_minor BIGINT, refunded_at BIGINT)");
    change("CREATE TABLE kpi_recurring (currency TEXT, plan TEXT, monthly_minor BIGINT, ended_at BIGINT)");
    change(R"(WITH RECURSIVE d(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < 80)
INSERT INTO kpi_bookings SELECT l.currency, l.line, (1 + (i * 7919 * l.size) % 97) * l.size,
  CAST(strftime('%s', 'now') AS BIGINT) - i * 86400
FROM d, (SELECT 'EUR' AS currency, 'consulting' AS line, 104729 AS size
         UNION ALL SELECT 'EUR', 'goods', 31 UNION ALL SELECT 'USD', 'consulting', 7001
         UNION ALL SELECT 'JPY', '"><script>alert(1)</script><b x=''', 20011) l
WHERE i % 7 <> 3)");
  }
  void change(const std::string& statement) const { ASSERT_TRUE(shop_->execute(statement)); }
  void configure(const std::string& rest = "") const {
    dir_.write("business.yml", fmt::format(R"(
databases:
- {{name: shop, dsn: "sqlite:{}"}}
- {{name: gone, dsn: "postgresql://u@127.0.0.1:{}/db", connect_timeout: 60s}}
packs: [{{pack: revenue, database: {}}}]
reports: {{location: Europe/Berlin, timeout: {}}}
queries:
- name: broken
  database: shop
  interval: 1s
  sql: "SELECT n FROM nowhere"
  metrics: [{{name: app_n, type: gauge, help: x, value: n}}]
)",
                                           dir_.file("shop.db"), silent_.port(), rest.empty() ? "shop" : rest,
                                           rest.empty() ? "30s" : "1s"));
  }
  void start() {
    process_ = std::make_unique<Process>(std::vector<std::string>{
        std::string(PICKET_BIN_DIR) + "/business_exporter", "--config.file", dir_.file("business.yml"),
        "--storage.path", dir_.file("data"), "--web.listen-address", fmt::format("127.0.0.1:{}", port_)});
    ASSERT_TRUE(test::wait_until(seconds(20), [this] { return http_get(url("/-/ready")).status == 200; }))
        << process_->errors();
  }
  std::string url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }

  const test::TempDir dir_;
  const SilentServer silent_;
  const std::unique_ptr<sql::Database> shop_;
  const int port_ = test::free_port();
  std::unique_ptr<Process> process_;
};

TEST_F(ReportsOfProgram, AnswersJsonAndCsv) {
  configure();
  start();
  const std::string list = http_get(url("/api/v1/reports")).body;
  EXPECT_THAT(list, HasSubstr(R"({"location":"Europe/Berlin","reports":[{"kpi":")"));
  EXPECT_THAT(list, HasSubstr(R"({"kpi":"revenue","title":"Revenue booked","unit":"minor_units",)"
                              R"("by":["currency","line"],"pack":"revenue","database":"shop"})"));
  const HttpAnswer json = http_get(url("/api/v1/reports/revenue"));
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.header("Content-Type"), "application/json");
  EXPECT_THAT(json.body, HasSubstr(R"("labels":{"currency":"EUR"})"));
  const HttpAnswer csv =
      http_get(url("/api/v1/reports/revenue?from=2026-01-01&to=2026-01-02&by=line&format=csv"));
  EXPECT_EQ(csv.header("Content-Type"), "text/csv; charset=utf-8; header=present");
  EXPECT_EQ(csv.header("Content-Disposition"), "attachment; filename=\"revenue_2026-01-01_2026-01-02.csv\"");
  EXPECT_EQ(csv.body.substr(0, 28), "period,currency,line,value\r\n");
  for (const auto& [path, status] :
       std::vector<std::pair<std::string, int>>{{"/api/v1/reports/revenu", 404},
                                                {"/api/v1/reports/revenue?format=xml", 400},
                                                {"/api/v1/reports/revenue?by=x", 400},
                                                {"/reports/revenu", 404}}) {
    const HttpAnswer refused = http_get(url(path));
    EXPECT_EQ(refused.status, status) << path;
    EXPECT_EQ(refused.header("Content-Type"), "application/problem+json") << path;
  }
}

TEST_F(ReportsOfProgram, ADatabaseThatDoesNotAnswerIs504AndDelaysNobody) {
  configure("gone");
  start();
  const HttpAnswer answer = http_get(url("/api/v1/reports/revenue"));
  EXPECT_EQ(answer.status, 504);
  EXPECT_THAT(answer.body, HasSubstr("did not answer within 1s"));
  EXPECT_EQ(http_get(url("/reports/revenue")).status, 504);
  EXPECT_EQ(http_get(url("/metrics")).status, 200);
  EXPECT_THAT(http_get(url("/")).body, HasSubstr("<span>gone</span>"));
}

TEST_F(ReportsOfProgram, PagesAreFineBehindAPathPrefix) {
  configure();
  start();
  ASSERT_TRUE(test::wait_until(seconds(20), [this] {
    const std::string page = http_get(url("/")).body;
    return page.find("no such table") != std::string::npos &&
           page.find("<b>0</b> <span>not run yet") != std::string::npos;
  })) << http_get(url("/")).body;
  const NginxServer nginx(fmt::format(
      "server {{ listen 127.0.0.1:@PORT@; location /kpi/ {{ proxy_pass http://127.0.0.1:{}/; }} }}", port_));
  Browser browser;
  EXPECT_EQ(test::page_faults_everywhere(browser, nginx.url("/kpi/"), "business-start"), "");
  EXPECT_EQ(test::page_faults_everywhere(browser, nginx.url("/kpi/reports"), "business-reports"), "");
  EXPECT_EQ(
      test::page_faults_everywhere(browser, nginx.url("/kpi/reports/revenue?by=line"), "business-report"),
      "");
  EXPECT_EQ(
      test::page_faults_everywhere(browser, nginx.url("/kpi/reports/revenue?step=week"), "business-weeks"),
      "");
  browser.open(nginx.url("/kpi/"));
  browser.click("header nav a:nth-child(2)");
  browser.click("tbody a");
  EXPECT_EQ(browser.url(), nginx.url("/kpi/reports/revenue"));
  EXPECT_EQ(browser.text("h1"), "Revenue booked");
  browser.press("Show");
  EXPECT_THAT(browser.url(), HasSubstr("/kpi/reports/revenue?from="));
  const std::string link = browser.run("return document.querySelector('.inline a').href;");  // in quotes
  EXPECT_EQ(http_get(link.substr(1, link.size() - 2)).status, 200) << link;
}

}  // namespace
}  // namespace picket::business
