// The OpenAPI document against what authd really answers: whatever these tests ask of its API, and what they
// hear, is held against the document at their end, by Debian's python3-jsonschema.
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "tests/e2e/authd/auth_daemon.h"

namespace picket::test {
namespace {

using nlohmann::json;

// A race of hundreds says no more than its first few.
constexpr std::size_t kOfEachMax = 40;

std::string path_of(const std::string& url) {
  const std::size_t path = url.find('/', url.find("://") + 3);
  return path == std::string::npos ? "/" : url.substr(path);
}

std::string media_type_of(const std::string& field) {
  return field.substr(0, field.find(';'));
}

std::string header_of(const HttpCall& call, const std::string& name) {
  const auto found = call.headers.find(name);
  return found == call.headers.end() ? "" : found->second;
}

json entry_of(const HttpCall& call, const HttpAnswer& answer) {
  return {{"method", call.method},
          {"path", path_of(call.url)},
          {"request_type", media_type_of(header_of(call, "Content-Type"))},
          {"request", call.body},
          {"status", answer.status},
          {"type", media_type_of(answer.header("Content-Type"))},
          {"body", answer.body}};
}

Finished check(const json& document, const json& calls) {
  return run_to_end({.argv = {"/usr/bin/python3", PICKET_SOURCE_DIR "/tests/e2e/authd/contract.py"},
                     .env = {},
                     .cwd = {},
                     .stdin_text = json{{"document", document}, {"calls", calls}}.dump(
                         -1, ' ', false, json::error_handler_t::replace)});
}

json fetch_document() {
  const AuthDaemon daemon;
  return json::parse(http_get(daemon.url("/api/v1/openapi.json")).body);
}

class Contract : public ::testing::Environment {
 public:
  void SetUp() override {
    watch_http([this](const HttpCall& call, const HttpAnswer& answer) { note(call, answer); });
  }

  void TearDown() override {
    const Finished checked = check(fetch_document(), calls_);
    EXPECT_EQ(checked.exit_code, 0) << checked.output << checked.errors << "(package python3-jsonschema)";
    // Of a part of the tests nothing can be said about what they leave out.
    if (GTEST_FLAG_GET(filter) == "*") {
      EXPECT_EQ(checked.output, "") << "operations that no test has ever seen succeed";
    }
  }

 private:
  void note(const HttpCall& call, const HttpAnswer& answer) {
    const std::string path = path_of(call.url);
    if (path.starts_with("/api/v1/query") || path.starts_with("/api/v1/targets")) return;  // of Prometheus
    const bool is_api =
        path.starts_with("/api/") || path.starts_with("/oauth2/") || path.starts_with("/.well-known/");
    const bool is_of_a_proxy = call.connect_to != 0;  // or of the app behind it
    if (!is_api || is_of_a_proxy || answer.status == 0) return;
    const std::lock_guard lock(mutex_);
    const std::string kind = call.method + path + std::to_string(answer.status);
    if (++counts_[kind] <= kOfEachMax) calls_.push_back(entry_of(call, answer));
  }

  std::mutex mutex_;
  std::map<std::string, std::size_t> counts_;
  json calls_ = json::array();
};

// GoogleTest owns it.
[[maybe_unused]] const ::testing::Environment* const kContract =
    ::testing::AddGlobalTestEnvironment(new Contract);

class AuthOpenApiTest : public ::testing::Test {
 protected:
  /// What is wrong with an answer to a login.
  std::string fault_of(const json& body) const {
    const json call{{"method", "POST"},
                    {"path", "/api/v1/auth/login"},
                    {"request_type", "application/json"},
                    {"request", R"({"username":"alice","password":"x"})"},
                    {"status", 200},
                    {"type", "application/json"},
                    {"body", body.dump()}};
    const std::string output = check(document_, json::array({call})).output;
    return output.starts_with("never: ") ? "" : output.substr(0, output.find('\n'));
  }

  const json document_ = fetch_document();
  const json tokens_{
      {"access_token", "a"}, {"token_type", "Bearer"}, {"expires_in", 900}, {"refresh_token", "r"}};
};

TEST_F(AuthOpenApiTest, AnswersThatDoNotFitAreFound) {
  EXPECT_EQ(fault_of(tokens_), "");
  const std::map<std::string, json> wrong{
      {"expires_in", "900"}, {"token_type", "MAC"}, {"refresh_token", nullptr}, {"password_hash", "x"}};
  for (const auto& [name, value] : wrong) {
    json body = tokens_;
    body[name] = value;
    EXPECT_NE(fault_of(body), "") << name;
  }
  json missing = tokens_;
  missing.erase("refresh_token");
  EXPECT_NE(fault_of(missing), "");
}

}  // namespace
}  // namespace picket::test
