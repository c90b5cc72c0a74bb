// What a scanned server may send: its first TLS bytes, its headers, its cookies and its pages. The judgement
// must end, and what it shows to people is short, valid UTF-8 without control characters. The first byte
// chooses: TLS bytes, or a header's value on each line.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text/escape.h"
#include "base/text/strings.h"
#include "exporters/security/posture/exposure.h"
#include "exporters/security/posture/judge.h"
#include "exporters/security/posture/tls_hello.h"

namespace picket::security {
namespace {

constexpr std::size_t kMostShown = 303;

void read_hello(std::string_view bytes) {
  const HelloReading reading = read_server_hello(bytes);
  if (reading.progress == HelloProgress::Incomplete) return;
  // What is clear stays clear when more bytes come.
  check(reading.progress != HelloProgress::Answered ||
            read_server_hello(std::string(bytes) + "more").progress == HelloProgress::Answered,
        "an answer that is none any more");
  check(reading.progress != HelloProgress::Refused || reading.alert >= 0, "a refusal without an alert");
}

Observation observation_of(std::string_view text) {
  constexpr std::array<std::string_view, 11> kNames = {"Strict-Transport-Security",
                                                       "Content-Security-Policy",
                                                       "X-Frame-Options",
                                                       "X-Content-Type-Options",
                                                       "Referrer-Policy",
                                                       "Permissions-Policy",
                                                       "Cross-Origin-Opener-Policy",
                                                       "Server",
                                                       "Location",
                                                       "Access-Control-Allow-Origin",
                                                       "Content-Type"};
  Observation seen;
  seen.host = "a.example";
  seen.page.status = 200;
  std::size_t index = 0;
  for (const std::string_view line : split(text, '\n')) {
    seen.page.headers.add(std::string(kNames[index++ % kNames.size()]), std::string(line));
    seen.set_cookies.emplace_back(line);
  }
  seen.page.body = std::string(text);
  seen.plain_http = seen.cross_origin = seen.page;
  seen.plain_http->status = 301;
  for (const ProbedPath& path : probed_paths()) seen.paths.push_back({std::string(path.path), seen.page});
  return seen;
}

void judge_text(std::string_view text) {
  ScanConfig config;
  config.target = "https://a.example";
  const ScanResult result = judge(observation_of(text), config);
  check(!result.score || (*result.score >= 0 && *result.score <= 1), "a score out of bounds");
  for (const CheckResult& check_result : result.checks) {
    const std::string& seen = check_result.seen;
    check(seen.size() <= kMostShown && is_valid_utf8(seen), "a text that is not fit to be shown");
    check(std::ranges::none_of(seen, is_control), "a control character is shown");
  }
}

}  // namespace
}  // namespace picket::security

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 0) {
    picket::security::read_hello(text);
  } else {
    picket::security::judge_text(text);
  }
  return 0;
}
