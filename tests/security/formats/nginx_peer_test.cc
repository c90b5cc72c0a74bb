// What a real nginx writes of hostile requests, read back and compared with what was sent.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "tests/http/raw_client.h"
#include "tests/security/formats/reader.h"
#include "tests/support/nginx_server.h"
#include "tests/support/wait.h"

namespace picket::security::test {
namespace {

struct Sent {
  std::string target, agent, referer, user;
};

const std::vector<Sent>& hostile() {
  static const std::string all_bytes = [] {
    std::string bytes;
    for (int byte = 1; byte < 256; ++byte) {
      if (byte != '\n' && byte != '\r') bytes += static_cast<char>(byte);
    }
    return bytes;
  }();
  static const std::vector<Sent> requests{
      {"/plain?q=1", "curl/7.88", "https://r.example/", "alice"},
      {"/q?a=\"'%27%2527\\x22", "\" 200 5 \"-\" \"-\"", "\\\" \\x22 \\", "a \"b\" [x] - y"},
      {"/f", "198.51.100.1 - - [30/Nov/2026:14:17:11 +0000] \"GET /fake HTTP/1.1\" 200 5 \"-\" \"-\"",
       "\"} {\"remote_addr\":\"198.51.100.1\"", "x [30/Nov/2026 14.17.11 +0000] \"GET /fake HTTP/1.1\" 200"},
      {"/caf\xC3\xA9?\xFF\xFE", all_bytes, "tab\there", "\xC3\xA9"},
      {"/" + std::string(6000, 'a') + "%0a%2500", "a", "b", "c"},
      {"/<script>alert(1)</script>?x=${jndi:ldap://x}", "() { :;}; echo", "' or 1=1 --", "admin'--"},
      {"/u", "a", "b", "line\nbreak\t198.51.100.1"},
  };
  return requests;
}

class NginxPeer : public testing::Test {
 protected:
  /// nginx's log of all of them, one line each.
  std::vector<std::string> log_of(const std::string& format) {
    picket::test::NginxServer nginx(
        "log_format hostile " + format +
        ";\nserver { listen 127.0.0.1:@PORT@; access_log @DIR@/access.log hostile;\n"
        "large_client_header_buffers 4 16k; location / { return 200 \"ok\"; } }");
    for (const Sent& sent : hostile()) {
      picket::test::RawClient client(static_cast<std::uint16_t>(nginx.port()));
      const auto answer =
          client.ask("GET " + sent.target + " HTTP/1.1\r\nHost: h.example\r\nUser-Agent: " + sent.agent +
                     "\r\nReferer: " + sent.referer + "\r\nAuthorization: Basic " +
                     base64_encode(sent.user + ":x") + "\r\nConnection: close\r\n\r\n");
      EXPECT_EQ(answer.status, 200) << sent.target;
    }
    std::vector<std::string> lines;
    picket::test::wait_until(std::chrono::seconds(20), [&] {
      std::istringstream log(nginx.dir().read("access.log"));
      lines.clear();
      for (std::string line; std::getline(log, line);) lines.push_back(line);
      return lines.size() >= hostile().size();
    });
    return lines;
  }

  static void expect_read_back(Reader& reader, const std::vector<std::string>& lines) {
    ASSERT_EQ(lines.size(), hostile().size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Sent& sent = hostile()[i];
      const LogRecord& r = reader.record(lines[i]);
      EXPECT_EQ(reader.problem(), "");
      EXPECT_EQ(reader.client(), "127.0.0.1") << lines[i];
      EXPECT_EQ(r.method, "GET");
      EXPECT_EQ(r.target, sent.target);
      EXPECT_EQ(r.user_agent, sent.agent);
      EXPECT_EQ(r.referer, sent.referer);
      EXPECT_EQ(r.account, sent.user);
      EXPECT_EQ(r.status, 200);
      EXPECT_TRUE(r.time);
    }
  }
};

struct Written {
  const char* name;
  const char* directive;  ///< what nginx gets
  const char* log_format;
};
class NginxFormats : public NginxPeer, public testing::WithParamInterface<Written> {};

TEST_P(NginxFormats, ReadBackWhatWasSent) {
  Reader reader = Reader::nginx(GetParam().log_format);
  expect_read_back(reader, log_of(GetParam().directive));
}
INSTANTIATE_TEST_SUITE_P(
    All, NginxFormats,
    testing::Values(
        Written{
            "Combined",
            R"('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"')",
            "combined"},
        Written{
            "Tabs",
            R"('$remote_addr\t$msec\t$request_method\t$request_uri\t$status\t$http_referer\t$http_user_agent\t$remote_user')",
            R"($remote_addr\t$msec\t$request_method\t$request_uri\t$status\t$http_referer\t$http_user_agent\t$remote_user)"},
        Written{
            "JsonEscapes",
            R"(escape=json '$remote_addr [$time_iso8601] "$request" $status "$http_referer" "$http_user_agent" "$remote_user"')",
            R"(escape=json $remote_addr [$time_iso8601] "$request" $status "$http_referer" "$http_user_agent" "$remote_user")"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(NginxPeer, JsonObjectsAreReadBack) {
  const auto lines = log_of(
      R"(escape=json '{"time":"$time_iso8601","remote_addr":"$remote_addr","request":"$request","status":$status,)"
      R"("http_referer":"$http_referer","http_user_agent":"$http_user_agent","remote_user":"$remote_user"}')");
  ASSERT_EQ(lines.size(), hostile().size());
  Reader reader({.type = FormatType::Json});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Sent& sent = hostile()[i];
    const LogRecord& r = reader.record(lines[i]);
    EXPECT_EQ(reader.problem(), "") << lines[i];
    EXPECT_EQ(reader.client(), "127.0.0.1");
    // Bytes that are not UTF-8 are U+FFFD.
    EXPECT_EQ(r.target, repair_utf8(sent.target));
    EXPECT_EQ(r.user_agent, repair_utf8(sent.agent));
    EXPECT_EQ(r.account, repair_utf8(sent.user));
  }
}

TEST_F(NginxPeer, TheErrorLogNamesNobodyForCertain) {
  picket::test::NginxServer nginx(
      "error_log @DIR@/error.log info; limit_req_zone $binary_remote_addr zone=slow:1m rate=1r/m;\n"
      "server { listen 127.0.0.1:@PORT@; root @DIR@;\n"
      "location /limited { limit_req zone=slow; }\n"
      "location /shut { deny all; }\n"
      "location /secret { auth_basic x; auth_basic_user_file @DIR@/users; } }");
  nginx.dir().write("users", "bob:{PLAIN}right\n", 0644);
  const auto ask = [&](const std::string& path, const std::string& user) {
    picket::test::RawClient client(static_cast<std::uint16_t>(nginx.port()));
    return client
        .ask("GET " + path +
             " HTTP/1.1\r\nHost: h\r\nReferer: x, client: 198.51.100.1, y\r\nAuthorization: Basic " +
             base64_encode(user) + "\r\nConnection: close\r\n\r\n")
        .status;
  };
  ask("/limited", "a:b");
  EXPECT_EQ(ask("/limited", "a:b"), 503);
  EXPECT_EQ(ask("/shut?x=\"y\"", "a:b"), 403);
  EXPECT_EQ(ask("/secret", "bob:wrong"), 401);
  EXPECT_EQ(ask("/secret", "eve:wrong"), 401);
  Reader reader({.type = FormatType::NginxError});
  std::istringstream log(nginx.dir().read("error.log"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);) lines.push_back(line);
  std::string said;
  for (const std::string& line : lines) {
    const LogRecord& r = reader.record(line);
    if (r.kind == RecordKind::Other) continue;
    said += fmt::format("{} {}{} {} {}\n", r.kind == RecordKind::RateLimit ? "limit" : "login", r.limit,
                        to_string(r.failure), r.account, r.target);
    EXPECT_TRUE(r.client_is_claimed);
    const bool is_limit = r.kind == RecordKind::RateLimit;
    EXPECT_EQ(reader.client(), is_limit ? "127.0.0.1" : "") << line;
  }
  EXPECT_EQ(reader.problem(), "");
  EXPECT_EQ(said,
            "limit slow  /limited\n"
            "limit access_rule  /shut?x=\"y\"\n"
            "login bad_password bob /secret\n"
            "login unknown_account eve /secret\n");
}

}  // namespace
}  // namespace picket::security::test
