// A real security_exporter that reads a real log, and the ways to take from it what it needs.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "tests/security/running_security_exporter.h"
#include "tests/support/wait.h"

namespace picket::security {

class SecurityFaults : public testing::Test {
 protected:
  static constexpr const char* kLines = R"(security_log_lines_total{source="web"})";
  static constexpr const char* kAttacks =
      R"(security_attack_requests_total{source="web",category="sql_injection"})";

  std::string config(const std::string& more = "") const {
    return "sources: [{name: web, path: \"" + exporter_.file("access.log") + "\", from: start}]\n" + more;
  }
  void configure(const std::string& more = "") const { exporter_.configure(config(more)); }
  void append_text(const std::string& text, const std::string& name = "access.log") const {
    std::ofstream(exporter_.file(name), std::ios::app | std::ios::binary) << text;
  }
  /// `count` requests in one write; every tenth is an attack.
  void append(int count) {
    std::string text;
    for (int i = 0; i < count; ++i, ++written_) {
      text += fmt::format(
          "192.0.2.{} - - [05/Jan/2026:12:00:00 +0000] \"GET /?id={}{} HTTP/1.1\" 200 100 \"-\" \"x\"\n",
          written_ % 250, written_, written_ % 10 == 0 ? "'+OR+1=1--" : "");
    }
    append_text(text);
  }

  /// Of the running process, from now on.
  void limit(__rlimit_resource what, rlim_t soft) {
    rlimit before{};
    ASSERT_EQ(::prlimit(exporter_.process().pid(), what, nullptr, &before), 0);
    const rlimit within{std::min(soft, before.rlim_max), before.rlim_max};
    ASSERT_EQ(::prlimit(exporter_.process().pid(), what, &within, nullptr), 0);
  }
  std::string warnings() const { return test::http_get(exporter_.url("/-/ready?verbose")).body; }
  bool warns_of(const std::string& text) const {
    return test::wait_until(std::chrono::seconds(30),
                            [&] { return warnings().find(text) != std::string::npos; });
  }
  bool warns_no_more_of(const std::string& text) const {
    return test::wait_until(std::chrono::seconds(30),
                            [&] { return warnings().find(text) == std::string::npos; });
  }
  std::uint16_t port() const {
    return static_cast<std::uint16_t>(std::stoi(exporter_.url("").substr(exporter_.url("").rfind(':') + 1)));
  }

  RunningSecurityExporter exporter_;
  /// Of what `append` wrote.
  int attacks() const { return written_ / 10; }
  int written_ = 0;
};

}  // namespace picket::security
