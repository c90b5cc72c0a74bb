#include "authd/browser/same_origin.h"

#include <gtest/gtest.h>

#include <array>

namespace picket::authd {
namespace {

// Row 32 of the attacks.
TEST(SameOrigin, IsWhatOurOwnPagesSend) {
  struct Row {
    Headers headers;
    const char* fault;
  };
  const std::string own = "https://auth.example.org";
  const std::vector<Row> rows = {
      {{{"Origin", own}, {"Sec-Fetch-Site", "same-origin"}}, "none"},
      {{{"Origin", own}}, "none"},
      {{{"Sec-Fetch-Site", "same-origin"}}, "none"},
      {{{"Origin", "http://127.0.0.1:9180"}}, "none"},
      {{}, "missing"},
      {{{"Referer", own + "/login"}}, "missing"},
      {{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}}, "cross_site"},
      {{{"Origin", own}, {"Sec-Fetch-Site", "cross-site"}}, "cross_site"},
      {{{"Origin", own}, {"Sec-Fetch-Site", "same-site"}}, "cross_site"},
      {{{"Origin", own}, {"Sec-Fetch-Site", "none"}}, "cross_site"},
      {{{"Origin", own}, {"Sec-Fetch-Site", ""}}, "cross_site"},
      {{{"Origin", own}, {"Sec-Fetch-Site", "Same-Origin"}}, "cross_site"},
      {{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}}, "cross_site"},
      {{{"Origin", "https://evil.example"}}, "foreign"},
      {{{"Origin", "https://app.example.org"}}, "foreign"},
      {{{"Origin", "https://auth.example.org.evil.example"}}, "foreign"},
      {{{"Origin", "http://auth.example.org"}}, "foreign"},
      {{{"Origin", "https://auth.example.org:8443"}}, "foreign"},
      {{{"Origin", "https://auth.example.org/"}}, "foreign"},
      {{{"Origin", "null"}}, "foreign"},
      {{{"Origin", ""}}, "foreign"},
      {{{"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}}, "foreign"},
      {{{"Origin", own + " https://evil.example"}}, "foreign"},
      {{{"Origin", own}, {"Origin", "https://evil.example"}}, "foreign"},
      {{{"Origin", own}, {"Origin", own}}, "foreign"}};
  const std::array<std::string, 2> origins{own, "http://127.0.0.1:9180"};
  for (const Row& row : rows) {
    Request request;
    request.headers = row.headers;
    const OriginFault fault = check_origin(request, origins);
    EXPECT_EQ(to_string(fault), row.fault)
        << request.headers.get("Origin") << " " << request.headers.get("Sec-Fetch-Site");
    EXPECT_EQ(is_same_origin(request, origins), fault == OriginFault::None);
  }
}

TEST(SameOrigin, IsAskedOfMethodsThatChangeSomething) {
  for (const Method method : {Method::Get, Method::Head, Method::Options}) EXPECT_TRUE(is_safe(method));
  for (const Method method : {Method::Post, Method::Put, Method::Patch, Method::Delete})
    EXPECT_FALSE(is_safe(method));
}

}  // namespace
}  // namespace picket::authd
