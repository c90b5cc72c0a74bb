// Lines a second of one core that the parsers of logs read, without rules: what `formats` alone takes.
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "exporters/security/formats/line_parser.h"

namespace picket::security {
namespace {

struct Course {
  std::string name;
  FormatConfig format;
  std::string line;
};

std::vector<Course> courses() {
  const std::string combined =
      R"(203.0.113.9 - - [30/Nov/2026:14:17:11 +0000] "GET /shop/items?id=4711&sort=price HTTP/1.1" 200 15321 )"
      R"("https://shop.example/shop" "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0")";
  return {
      {"nginx combined", {.type = FormatType::Nginx}, combined},
      {"nginx combined, escapes",
       {.type = FormatType::Nginx},
       combined.substr(0, combined.size() - 1) + R"(\x22\x5C\xC3\xA9")"},
      {"apache combined", {.type = FormatType::Apache}, combined},
      {"nginx json",
       {.type = FormatType::Json},
       R"json({"time_iso8601":"2026-11-30T14:17:11+00:00","remote_addr":"203.0.113.9","request":"GET /a?b=c HTTP/1.1","status":"404","body_bytes_sent":"153","http_user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:109.0)"})json"},
      {"auth",
       {.type = FormatType::Auth, .time_zone = "UTC"},
       "Nov 30 14:17:11 host sshd[123]: Failed password for invalid user bob from 203.0.113.9 port 4711 ssh2"},
      {"nginx error",
       {.type = FormatType::NginxError, .time_zone = "UTC"},
       R"(2026/11/30 14:17:11 [error] 41#42: *7 limiting requests, excess: 0.984 by zone "login", client: 203.0.113.9, server: a.example, request: "GET /x?y HTTP/1.1", host: "a.example")"},
  };
}

void run(const Course& course) {
  const auto parser = make_parser(course.format).value();
  LogRecord record;
  const WallTime read_at(std::chrono::seconds(1'796'048'231));
  std::uint64_t lines = 0, fine = 0;
  const auto begin = std::chrono::steady_clock::now();
  std::chrono::duration<double> took{};
  for (; took.count() < 1.0; took = std::chrono::steady_clock::now() - begin) {
    for (int i = 0; i < 10'000; ++i, ++lines) {
      fine += parser->parse(course.line, read_at, record) == ParseResult::Ok ? 1U : 0U;
    }
  }
  check(fine == lines, "lines that are not in the format");
  fmt::print("{:<24} {:>10.0f} lines/s {:>8.0f} MB/s\n", course.name,
             static_cast<double>(lines) / took.count(),
             static_cast<double>(lines * course.line.size()) / took.count() / 1e6);
}

}  // namespace
}  // namespace picket::security

int main() {
  for (const auto& course : picket::security::courses()) picket::security::run(course);
}
