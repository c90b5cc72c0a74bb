#include "authd/ctl/remote_desk.h"

#include <nlohmann/json.hpp>

#include "tests/authd/ctl/ctl_fixture.h"
#include "tests/support/certificates.h"
#include "tests/support/peer_server.h"

namespace picket::authd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kId = "019b8e5c-3c00-7000-8f86-d081884c7d65";
const std::string kAnn = R"({"id":")" + kId +
                         R"(","username":"ann","email":"a@example.org","role":"user","status":"active",
                             "has_second_factor":true,"created_at":"2026-01-05T12:00:00.000Z","last_login_at":""})";
const std::string kToken = "pak_of_the_test";

/// The part of authd's API that authctl speaks to.
class RunningAuthd : public testing::Test {
 protected:
  RunningAuthd() : token_file_(dir_.write("token", kToken + "\n")) {
    peer_.answer_with([this](const test::PeerRequest& request) { return answer(request); });
  }
  test::PeerAnswer answer(const test::PeerRequest& request) const {
    if (request.header("Authorization") != "Bearer " + kToken) {
      return {401, R"({"title":"Unauthorized","detail":"no such token"})"};
    }
    if (request.path == "/api/v1/users" && request.method == "GET") {
      return {200, request.query.find("after=") == std::string::npos
                       ? R"({"users":[{"id":"x","username":"bob","email":"b@example.org"}],"next":"x"})"
                       : R"({"users":[)" + kAnn + "]}"};
    }
    if (request.path.ends_with("/password-link"))
      return {200, R"({"link":"https://auth.example.org/reset?token=t"})"};
    if (request.path.starts_with("/api/v1/sessions"))
      return {200, R"([{"id":"s1","user_id":"u1","ip":"192.0.2.1"}])"};
    return {200, kAnn};
  }
  Said run(const std::vector<std::string>& arguments, const std::string& typed = "") {
    std::vector<std::string> all{"--url", peer_.url(), "--token-file", token_file_};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_ctl(all, typed);
  }
  /// "METHOD path" of the requests so far but look-ups, then forgets them.
  std::vector<std::string> asked() {
    std::vector<std::string> calls;
    for (const auto& request : peer_.requests()) {
      if (request.method != "GET" || request.path != "/api/v1/users")
        calls.push_back(request.method + " " + request.path);
    }
    peer_.forget();
    return calls;
  }

  test::TempDir dir_;
  test::LocalPeer peer_;
  std::string token_file_;
};

TEST_F(RunningAuthd, IsAskedToMakeAnAccount) {
  const Said said = run({"user", "create", "--username", "ann", "--email", "a@example.org", "--role", "user",
                         "--password-stdin"},
                        "s3cret \"quoted\"\n");
  ASSERT_EQ(said.status, 0) << said.err;
  const auto requests = peer_.requests("/api/v1/users");
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(nlohmann::json::parse(requests[0].body), (nlohmann::json{{"username", "ann"},
                                                                     {"email", "a@example.org"},
                                                                     {"role", "user"},
                                                                     {"password", "s3cret \"quoted\""}}));
  EXPECT_THAT(said.err, HasSubstr("made user ann"));
}

TEST_F(RunningAuthd, IsAskedForEveryPageOfAList) {
  const Said said = run({"user", "list", "--role", "user"});
  EXPECT_EQ(said.status, 0);
  EXPECT_THAT(said.out, AllOf(HasSubstr("ann"), HasSubstr("bob")));
  EXPECT_EQ(peer_.count(), 2U);
  EXPECT_THAT(peer_.requests()[0].query, HasSubstr("role=user"));
}

struct Asked {
  std::vector<std::string> arguments;
  std::vector<std::string> calls;
};

TEST_F(RunningAuthd, IsAskedByTheIdOfWhoIsNamed) {
  const std::string user = "/api/v1/users/" + kId;
  const std::vector<Asked> rows = {
      {{"user", "show", "ANN"}, {"GET " + user}},
      {{"user", "show", kId}, {"GET " + user}},
      {{"user", "suspend", "a@example.org"}, {"POST " + user + "/suspend", "GET " + user}},
      {{"user", "activate", "ann"}, {"POST " + user + "/activate", "GET " + user}},
      {{"user", "unlock", "ann"}, {"POST " + user + "/unlock", "GET " + user}},
      {{"user", "reset-2fa", "ann"}, {"POST " + user + "/reset-2fa", "GET " + user}},
      {{"user", "role", "ann", "admin"}, {"PATCH " + user, "GET " + user}},
      {{"user", "delete", "ann"}, {"DELETE " + user}},
      {{"user", "password-link", "ann"}, {"POST " + user + "/password-link"}},
      {{"sessions", "list", "--user", "ann"}, {"GET /api/v1/sessions"}},
      {{"sessions", "end", "s1"}, {"DELETE /api/v1/sessions/s1"}},
  };
  for (const Asked& row : rows) {
    const Said said = run(row.arguments);
    EXPECT_EQ(said.status, 0) << row.arguments[1] << ": " << said.err;
    EXPECT_EQ(asked(), row.calls) << row.arguments[1];
  }
}

struct Answer {
  int status;
  std::string body, said;
};

TEST_F(RunningAuthd, MayRefuseAndIsQuoted) {
  const std::vector<Answer> rows = {
      {403, R"({"title":"Forbidden","detail":"users:create is missing"})",
       "authd answered 403 Forbidden: users:create"},
      {401, R"({"title":"Unauthorized"})", "is the token of --token-file still good?"},
      {409, R"({"title":"Conflict","detail":"the name is taken"})", "the name is taken"},
      {500, "<html>broken</html>", "authd answered 500 <html>broken"},
      {200, "<html>not authd</html>", "is no JSON: is it authd?"},
  };
  for (const Answer& row : rows) {
    peer_.answer_with([row](const test::PeerRequest&) { return test::PeerAnswer{row.status, row.body}; });
    const Said said = run({"user", "list"});
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.err, AllOf(HasSubstr(row.said), Not(HasSubstr(kToken))));
  }
}

TEST_F(RunningAuthd, ThatIsNotThereIsAnError) {
  peer_.stop();
  const Said said = run({"user", "list"});
  EXPECT_EQ(said.status, 1);
  EXPECT_THAT(said.err, HasSubstr(peer_.url()));
}

TEST_F(RunningAuthd, IsNotShownATokenThatEverybodyMayRead) {
  token_file_ = dir_.write("open", kToken, 0644);
  EXPECT_THAT(run({"user", "list"}).err, HasSubstr("chmod 600"));
  EXPECT_EQ(peer_.count(), 0U);
}

TEST_F(RunningAuthd, IsNotAskedOverAnOpenNetwork) {
  for (const char* url : {"http://192.0.2.1", "http://auth.example.org:9180", "http://127.0.0.1.example.org",
                          "ftp://127.0.0.1", "http://", "http://u@127.0.0.1"}) {
    const Said said = run_ctl({"--url", url, "--token-file", token_file_, "user", "list"});
    EXPECT_EQ(said.status, 1) << url;
    EXPECT_THAT(said.err, HasSubstr("--url")) << url;
  }
}

TEST(RunningAuthdOverTls, IsBelievedByTheCertificatesOfCaFile) {
  const test::TempDir dir;
  test::Certificates certificates;
  const auto files = certificates.server();
  const test::LocalPeer peer({files.cert, files.key}, [](const test::PeerRequest&) {
    return test::PeerAnswer{200, "[]"};
  });
  const std::string token = dir.write("token", kToken);
  EXPECT_EQ(run_ctl({"--url", peer.url(), "--token-file", token, "user", "list"}).status, 1);
  EXPECT_EQ(peer.count(), 0U);
  const Said said = run_ctl(
      {"--url", peer.url(), "--token-file", token, "--ca-file", certificates.ca_file(), "user", "list"});
  EXPECT_EQ(said.status, 0) << said.err;
}

}  // namespace
}  // namespace picket::authd
