// Parsers of logs on any bytes: they end, and what they give keeps what the rest of the program relies on. The first
// byte chooses the format; 0xFF reads the rest as a format and a line, 0xFE as numbers and sizes of rows of an audit
// chain.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/security/formats/line_parser.h"

namespace picket::security {
namespace {

const WallTime kReadAt(std::chrono::seconds(1'796'048'231));

std::vector<FormatConfig> formats() {
  const std::vector<Cidr> proxies{Cidr::parse("10.0.0.0/8").value()};
  return {
      {.type = FormatType::Nginx},
      {.type = FormatType::Nginx,
       .log_format =
           "escape=json $remote_addr [$time_iso8601] $upstream_addr \"$request\" $status \"$http_x\"",
       .client_field = "$http_x",
       .trusted_proxies = proxies,
       .fields = {{"x", "$http_x"}}},
      {.type = FormatType::Nginx, .log_format = "escape=none $remote_addr|$uri|$args|$msec|$remote_user"},
      {.type = FormatType::Apache, .log_format = "vhost_combined"},
      {.type = FormatType::Apache, .log_format = "%a %{usec}t %m \"%U\" \"%q\" %s"},
      {.type = FormatType::NginxError, .time_zone = "UTC"},
      {.type = FormatType::Json, .client_field = "headers.X[0]", .trusted_proxies = proxies},
      {.type = FormatType::Auth, .time_zone = "UTC"},
      {.type = FormatType::AuthdAudit},
      {.type = FormatType::AuthdLog},
  };
}

void check_record(std::string_view line, const LogRecord& record) {
  check(record.count >= 1, "a record of nothing");
  check(record.status >= 0 && record.status <= 999, "a status that is not one");
  check(!record.time ||
            (*record.time >= WallTime{} && *record.time < WallTime(std::chrono::hours(24 * 365 * 232))),
        "a time out of range");
  check(record.method.size() + record.user_agent.size() <= line.size() * 3 + 16, "text from nowhere");
  volatile char last = 0;  // views of memory that is gone show under the sanitizer
  for (const std::string_view text :
       {record.method, record.target, record.host, record.referer, record.user_agent, record.account,
        record.limit, record.action, record.outcome, record.reason}) {
    for (const char c : text) last = c;
  }
  static_cast<void>(last);
}

void read_lines(LineParser& parser, std::string_view text) {
  LogRecord record;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (parser.parse(line, kReadAt, record) == ParseResult::Ok) check_record(line, record);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  const std::string state = parser.state();
  check(state.size() <= kParserStateMax, "a state over its limit");
  check(parser.restore(state).has_value() && parser.state() == state, "a state that is not taken back");
}

void read_format(std::string_view text) {
  const std::string_view format = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(format.size() + 1, text.size()));
  for (const FormatType type : {FormatType::Nginx, FormatType::Apache}) {
    const auto parser = make_parser({.type = type, .log_format = std::string(format)});
    if (parser) read_lines(**parser, text);
  }
}

/// Rows of which only the numbers are anything special: by chance hardly any line would look like one.
void read_chain(std::string_view text) {
  constexpr std::size_t kNumber = 8, kPiece = kNumber + 1;
  constexpr std::size_t kPad = 512, kSizeMax = std::size_t{4} << 20;
  std::string lines;
  for (; text.size() >= kPiece && lines.size() < kSizeMax; text.remove_prefix(kPiece)) {
    std::uint64_t number = 0;
    for (const char c : text.substr(0, kNumber)) number = number << 8U | static_cast<unsigned char>(c);
    const std::string pad(kPad * static_cast<unsigned char>(text[kNumber]), 'x');
    lines += fmt::format(
        R"({{"timestamp":"2026-11-30T14:17:11Z","action":"a","details":{{"pad":"{}"}},"seq":{},"hash":"{:064x}"}})",
        pad, static_cast<std::int64_t>(number), number);
    lines += '\n';
  }
  const auto parser = make_parser({.type = FormatType::AuthdAudit});
  read_lines(**parser, lines);
}

}  // namespace
}  // namespace picket::security

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace picket::security;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (bytes[0] == 0xFF) {
    read_format(text);
    return 0;
  }
  if (bytes[0] == 0xFE) {
    read_chain(text);
    return 0;
  }
  static const std::vector<FormatConfig> kFormats = formats();
  const auto parser = make_parser(kFormats[bytes[0] % kFormats.size()]);
  picket::check(parser.has_value(), "a format that is fine");
  if (size % 7 == 0) static_cast<void>((*parser)->restore(text));
  read_lines(**parser, text);
  return 0;
}
