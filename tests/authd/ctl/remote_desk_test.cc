#include "authd/ctl/remote_desk.h"

#include "tests/authd/ctl/ctl_fixture.h"
#include "tests/support/peer_server.h"

namespace picket::authd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kToken = "pak_of_the_test";

/// A web server that --url may name by mistake. What a real authd answers is tested in
/// tests/e2e/authd/authctl_test.cc.
class AnotherServer : public testing::Test {
 protected:
  AnotherServer() : token_file_(dir_.write("token", kToken + "\n")) {}
  Said run(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"--url", peer_.url(), "--token-file", token_file_};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_ctl(all);
  }

  test::TempDir dir_;
  test::LocalPeer peer_;
  std::string token_file_;
};

struct Answer {
  int status;
  std::string body, said;
};

TEST_F(AnotherServer, IsQuotedAndNotTakenForAuthd) {
  const std::vector<Answer> rows = {
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

TEST_F(AnotherServer, ThatIsNotThereIsAnError) {
  peer_.stop();
  const Said said = run({"user", "list"});
  EXPECT_EQ(said.status, 1);
  EXPECT_THAT(said.err, HasSubstr(peer_.url()));
}

TEST_F(AnotherServer, IsNotShownATokenThatEverybodyMayRead) {
  token_file_ = dir_.write("open", kToken, 0644);
  EXPECT_THAT(run({"user", "list"}).err, HasSubstr("chmod 600"));
  EXPECT_EQ(peer_.count(), 0U);
}

TEST_F(AnotherServer, IsNotAskedOverAnOpenNetwork) {
  for (const char* url : {"http://192.0.2.1", "http://auth.example.org:9180", "http://127.0.0.1.example.org",
                          "ftp://127.0.0.1", "http://", "http://u@127.0.0.1"}) {
    const Said said = run_ctl({"--url", url, "--token-file", token_file_, "user", "list"});
    EXPECT_EQ(said.status, 1) << url;
    EXPECT_THAT(said.err, HasSubstr("--url")) << url;
  }
}

}  // namespace
}  // namespace picket::authd
