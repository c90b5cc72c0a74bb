#include "tests/support/browser.h"

#include <cstdio>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/text/encoding.h"
#include "tests/support/free_port.h"
#include "tests/support/give_up.h"
#include "tests/support/http_get.h"
#include "tests/support/listening.h"
#include "tests/support/program.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr seconds kPatience{15};
/// The key of an element's id in WebDriver's answers.
constexpr const char* kElement = "element-6066-11e4-a52e-4f735466cecf";

std::string resolver_rules(const Browser::Hosts& hosts) {
  std::string rules;
  for (const auto& [host, port] : hosts)
    rules += (rules.empty() ? "MAP " : ", MAP ") + host + " 127.0.0.1:" + std::to_string(port);
  return rules;
}

json capabilities(const std::string& profile, const Browser::Hosts& hosts) {
  const json options = {{"binary", find_program("chromium", "chromium")},
                        {"args",
                         {"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                          "--no-first-run", "--disable-background-networking", "--window-size=900,1100",
                          "--user-data-dir=" + profile, "--host-resolver-rules=" + resolver_rules(hosts)}}};
  return {{"capabilities",
           {{"alwaysMatch",
             {{"acceptInsecureCerts", true},
              {"goog:chromeOptions", options},
              {"goog:loggingPrefs", {{"browser", "ALL"}}}}}}}};
}

}  // namespace

Browser::Browser(const Hosts& hosts) : port_(free_port()) {
  const std::string home = dir_.path();
  driver_ = std::make_unique<Process>(ProcessOptions{
      .argv = {find_program("chromedriver", "chromium-driver"), "--port=" + std::to_string(port_)},
      .env = {{"HOME", home}, {"XDG_CONFIG_HOME", home}, {"XDG_CACHE_HOME", home}},
      .cwd = {},
      .stdin_text = {}});
  const bool ready = wait_until(kPatience, [&] { return is_listening(port_) || !driver_->running(); });
  if (!ready || !driver_->running()) give_up("chromedriver does not answer: " + driver_->errors());
  const json answer = json::parse(call("POST", "/session", capabilities(dir_.file("profile"), hosts).dump()));
  session_ = "/session/" + answer.at("sessionId").get<std::string>();
}

Browser::~Browser() {
  try {
    http_send({.method = "DELETE", .url = "http://127.0.0.1:" + std::to_string(port_) + session_});
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);  // the session ends with chromedriver
  }
}

std::string Browser::call(const std::string& method, const std::string& path, const std::string& body) {
  const HttpAnswer answer = http_send({.method = method,
                                       .url = "http://127.0.0.1:" + std::to_string(port_) + path,
                                       .headers = {{"Content-Type", "application/json"}},
                                       .body = body,
                                       .timeout = seconds(60)});
  const json reply = json::parse(answer.body, nullptr, false);
  if (reply.is_discarded() || !reply.contains("value"))
    give_up("chromedriver: " + path + ": " + answer.error + answer.body + driver_->errors());
  const json& value = reply.at("value");
  if (answer.status == 200) return value.dump();
  if (value.value("error", "") == "no such element") return "";
  give_up("chromedriver: " + path + ": " + value.value("message", ""));
}

void Browser::open(const std::string& url) {
  call("POST", session_ + "/url", json{{"url", url}}.dump());
}

std::string Browser::url() {
  return json::parse(call("GET", session_ + "/url", "")).get<std::string>();
}

std::string Browser::title() {
  return json::parse(call("GET", session_ + "/title", "")).get<std::string>();
}

std::string Browser::source() {
  return json::parse(call("GET", session_ + "/source", "")).get<std::string>();
}

bool Browser::has(const std::string& selector) {
  const json wish = {{"using", "css selector"}, {"value", selector}};
  return !call("POST", session_ + "/element", wish.dump()).empty();
}

std::string Browser::find(const std::string& strategy, const std::string& selector) {
  const json wish = {{"using", strategy}, {"value", selector}};
  std::string found;
  const bool is_there = wait_until(kPatience, std::chrono::milliseconds(50), [&] {
    found = call("POST", session_ + "/element", wish.dump());
    return !found.empty();
  });
  if (!is_there) give_up("the page has no " + selector + ":\n" + source());
  return json::parse(found).at(kElement).get<std::string>();
}

std::string Browser::text(const std::string& selector) {
  const std::string id = find("css selector", selector);
  return json::parse(call("GET", session_ + "/element/" + id + "/text", "")).get<std::string>();
}

void Browser::type(const std::string& selector, const std::string& text) {
  const std::string id = find("css selector", selector);
  call("POST", session_ + "/element/" + id + "/clear", "{}");
  call("POST", session_ + "/element/" + id + "/value", json{{"text", text}}.dump());
}

void Browser::click_element(const std::string& id) {
  const std::string before = find("css selector", "html");
  call("POST", session_ + "/element/" + id + "/click", "{}");
  const bool is_new = wait_until(kPatience, std::chrono::milliseconds(50),
                                 [&] { return find("css selector", "html") != before; });
  if (!is_new) give_up("the click led nowhere:\n" + source());
}

void Browser::click(const std::string& selector) {
  click_element(find("css selector", selector));
}

void Browser::press(const std::string& label) {
  click_element(find("xpath", "//button[normalize-space()='" + label + "']"));
}

std::vector<Browser::Cookie> Browser::cookies() {
  std::vector<Cookie> cookies;
  for (const json& cookie : json::parse(call("GET", session_ + "/cookie", ""))) {
    cookies.push_back({.name = cookie.value("name", ""),
                       .value = cookie.value("value", ""),
                       .same_site = cookie.value("sameSite", ""),
                       .secure = cookie.value("secure", false),
                       .http_only = cookie.value("httpOnly", false)});
  }
  return cookies;
}

void Browser::forget_cookies() {
  call("DELETE", session_ + "/cookie", "");
}

void Browser::devtools(const std::string& command, const std::string& parameters) {
  const json body = {{"cmd", command}, {"params", json::parse(parameters)}};
  call("POST", session_ + "/goog/cdp/execute", body.dump());
}

void Browser::send_with(const std::map<std::string, std::string>& fields) {
  devtools("Network.enable", "{}");
  devtools("Network.setExtraHTTPHeaders", json{{"headers", fields}}.dump());
}

void Browser::show_as(int width, bool is_dark) {
  const json size = {{"width", width}, {"height", 1600}, {"deviceScaleFactor", 1}, {"mobile", false}};
  devtools("Emulation.setDeviceMetricsOverride", size.dump());
  const json scheme = {{"name", "prefers-color-scheme"}, {"value", is_dark ? "dark" : "light"}};
  devtools("Emulation.setEmulatedMedia", json{{"features", json::array({scheme})}}.dump());
}

std::string Browser::run(const std::string& body) {
  const std::string script = "const done = arguments[0]; (async () => {" + body +
                             "})().then(done, error => done('failed: ' + error));";
  return call("POST", session_ + "/execute/async", json{{"script", script}, {"args", json::array()}}.dump());
}

void Browser::screenshot(const std::string& file) {
  const std::string png = json::parse(call("GET", session_ + "/screenshot", "")).get<std::string>();
  std::ofstream(file, std::ios::binary) << base64_decode(png).value_or("");
}

std::vector<std::string> Browser::console() {
  std::vector<std::string> lines;
  for (const json& line : json::parse(call("POST", session_ + "/se/log", R"({"type":"browser"})"))) {
    lines.push_back(line.value("message", ""));
  }
  return lines;
}

}  // namespace picket::test
