#include "exporters/security/formats/format_config.h"

#include <gmock/gmock.h>

#include "base/files/files.h"

namespace picket::security {
namespace {

using testing::HasSubstr;

std::string problem_of(const std::string& yaml) {
  const RealFiles files;
  const auto config = parse_config<FormatConfig>(yaml, "security.yml", files);
  return config ? std::string() : config.error().message;
}

TEST(FormatConfigFile, IsRead) {
  const RealFiles files;
  const auto config = parse_config<FormatConfig>(R"(
type: nginx
log_format: '$remote_addr "$request" $status "$http_x_forwarded_for" "$http_cookie"'
client_field: $http_x_forwarded_for
trusted_proxies: [10.0.0.0/8, "::1"]
fields: {cookie: $http_cookie}
time_zone: Europe/Berlin
)",
                                                 "security.yml", files);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->trusted_proxies.size(), 2U);
  EXPECT_EQ(config->fields.at("cookie"), "$http_cookie");
  EXPECT_EQ(config->time_zone, "Europe/Berlin");
}

TEST(FormatConfigFile, IsValidWhenItIsEmpty) {
  EXPECT_EQ(problem_of(""), "");
  for (const char* type : {"nginx", "apache", "nginx_error", "json", "auth", "authd_audit", "authd_log"}) {
    EXPECT_EQ(problem_of("type: " + std::string(type)), "");
  }
}

TEST(FormatConfigFile, SaysWhereItIsWrong) {
  EXPECT_THAT(problem_of("type: ngnix"), HasSubstr("security.yml:1:"));
  EXPECT_THAT(problem_of("log_format: $status$request"), HasSubstr("1:13: log_format: column 8: $request"));
  EXPECT_THAT(problem_of("client_field: $http_x"), HasSubstr("1:15: client_field: "));
  EXPECT_THAT(problem_of("client_field: $remote_addr\ntrusted_proxies: [nowhere]"),
              HasSubstr("2:18: trusted_proxies: "));
  EXPECT_THAT(problem_of("trusted_proxies: [10.0.0.0/8]"), HasSubstr("needs client_field"));
  EXPECT_THAT(problem_of("{type: auth, log_format: combined}"), HasSubstr("is for access logs"));
  EXPECT_THAT(problem_of("{type: auth, client_field: x}"), HasSubstr("client_field"));
  EXPECT_THAT(problem_of("members: {status: s}"), HasSubstr("is for JSON"));
  EXPECT_THAT(problem_of("time_zone: Mars/Olympus"), HasSubstr("time_zone"));
  EXPECT_THAT(problem_of("log_format: \"$status" + std::string(5000, 'x') + "\""), HasSubstr("4096"));
}

}  // namespace
}  // namespace picket::security
