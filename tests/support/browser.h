// A real browser without a window (Debian's chromium), driven over WebDriver (W3C) through chromedriver: what
// a person sees and does. Gives up with what the page shows when an element is not there in time. Not
// thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace picket::test {

class Browser {
 public:
  /// Host and port of a URL ("app.example.org:443") to the port of 127.0.0.1 that stands for it.
  using Hosts = std::map<std::string, int>;

  explicit Browser(const Hosts& hosts = {});
  ~Browser();

  void open(const std::string& url);
  std::string url();
  std::string title();
  std::string source();
  /// By CSS selector. Waits for it.
  std::string text(const std::string& selector);
  bool has(const std::string& selector);
  void type(const std::string& selector, const std::string& text);
  /// Clicks and waits until another page has been loaded.
  void click(const std::string& selector);
  /// Clicks the button that says so.
  void press(const std::string& label);
  struct Cookie {
    std::string name, value, same_site;
    bool secure = false, http_only = false;
  };
  std::vector<Cookie> cookies();
  void forget_cookies();
  /// From now on every request carries these fields.
  void send_with(const std::map<std::string, std::string>& fields);
  /// From now on pages are as wide as this (CSS pixels) and of that colour scheme.
  void show_as(int width, bool is_dark);
  /// What the body of an async function evaluates to: "return (await fetch('/x')).status;", as JSON.
  std::string run(const std::string& body);
  /// PNG into a file.
  void screenshot(const std::string& file);
  /// What the page complained of on the console: refused by the CSP, missing, broken.
  std::vector<std::string> console();

 private:
  struct Reply;
  std::string call(const std::string& method, const std::string& path, const std::string& body);
  std::string find(const std::string& strategy, const std::string& selector);
  void click_element(const std::string& id);
  /// A command of the DevTools protocol; `parameters` is a JSON object.
  void devtools(const std::string& command, const std::string& parameters);

  const TempDir dir_;
  const int port_;
  std::unique_ptr<Process> driver_;
  std::string session_;  ///< "/session/..."
};

}  // namespace picket::test
