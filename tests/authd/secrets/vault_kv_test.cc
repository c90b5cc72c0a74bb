#include "authd/secrets/vault_kv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "authd/secrets/secrets.h"
#include "base/text/encoding.h"
#include "tests/support/peer_server.h"
#include "tests/support/temp_dir.h"

namespace picket::authd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kToken = "hvs.of-the-test";

std::string kv_answer(const std::string& fields) {
  return R"({"request_id":"1","lease_id":"","renewable":false,"lease_duration":0,"data":{"data":)" + fields +
         R"(,"metadata":{"created_time":"2026-01-05T12:00:00Z","deletion_time":"","destroyed":false,"version":3}}})";
}

/// Speaks as much of Vault as KV version 2 needs: the token, the mount, one secret.
class VaultPeer : public testing::Test {
 protected:
  VaultPeer() {
    config_.address = peer_.url();
    config_.token_file = dir_.write("token", kToken + "\n");
    hold(R"({"otp_key":"abc","number":7})");
  }
  /// The secret, as JSON.
  void hold(const std::string& fields) {
    peer_.answer_with([fields](const test::PeerRequest& request) { return answer(request, fields); });
  }
  static test::PeerAnswer answer(const test::PeerRequest& request, const std::string& fields) {
    if (request.header("X-Vault-Token") != kToken) return {403, R"({"errors":["permission denied"]})"};
    if (request.path != "/v1/secret/data/picket/authd") return {404, R"({"errors":[]})"};
    return {200, kv_answer(fields)};
  }
  Result<std::map<std::string, Secret>> read(const std::string& token = kToken) {
    return read_vault_kv(client_, config_, Secret(token));
  }

  test::TempDir dir_;
  test::LocalPeer peer_;
  EventLoop loop_;
  Resolver resolver_{loop_};
  CurlClient client_{loop_, resolver_};
  VaultKvConfig config_;
};

TEST_F(VaultPeer, GivesTheTextFieldsOfTheSecret) {
  const auto fields = read();
  ASSERT_TRUE(fields) << fields.error().message;
  EXPECT_EQ(fields->size(), 1U);
  EXPECT_EQ(fields->at("otp_key").reveal(), "abc");
}

TEST_F(VaultPeer, IsAskedInTheConfiguredNamespaceAndPath) {
  config_.vault_namespace = "team";
  config_.path = "a b/c";
  EXPECT_EQ(read().error().kind, ErrorKind::NotFound);
  const auto requests = peer_.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].header("X-Vault-Namespace"), "team");
  EXPECT_EQ(requests[0].path, "/v1/secret/data/a%20b/c");
}

struct Refusal {
  std::string name;
  test::PeerAnswer answer;
  ErrorKind kind;
  std::string message;
};

class VaultRefusal : public VaultPeer, public testing::WithParamInterface<Refusal> {};

TEST_P(VaultRefusal, IsTheErrorOfItsKind) {
  peer_.answer_with([](const test::PeerRequest&) { return GetParam().answer; });
  const auto fields = read();
  ASSERT_FALSE(fields);
  EXPECT_EQ(fields.error().kind, GetParam().kind);
  EXPECT_THAT(fields.error().message, AllOf(HasSubstr(GetParam().message), Not(HasSubstr(kToken))));
}

INSTANTIATE_TEST_SUITE_P(
    Vault, VaultRefusal,
    testing::Values(
        Refusal{"Forbidden",
                {403, R"({"errors":["permission denied"]})"},
                ErrorKind::Denied,
                "permission denied"},
        Refusal{"Absent", {404, R"({"errors":[]})"}, ErrorKind::NotFound, "is secret/picket/authd there"},
        Refusal{"Deleted",
                {404, R"({"data":{"data":null,"metadata":{"deletion_time":"2026-01-05T12:00:00Z"}}})"},
                ErrorKind::NotFound,
                "Vault answered 404"},
        Refusal{
            "Sealed", {503, R"({"errors":["Vault is sealed"]})"}, ErrorKind::Unavailable, "Vault is sealed"},
        Refusal{"OfVersion1", {200, R"({"data":{"otp_key":"abc"}})"}, ErrorKind::InvalidInput, "version 2"},
        Refusal{"NoJson", {200, "<html>"}, ErrorKind::InvalidInput, "no /data/data"},
        Refusal{
            "Redirect", {307, "", {{"Location", "http://127.0.0.1:1/"}}}, ErrorKind::InvalidInput, "307"}),
    [](const auto& row) { return row.param.name; });

TEST_F(VaultPeer, ThatIsSilentIsWaitedForNoLongerThanTheTimeout) {
  std::promise<void> over;
  const std::shared_future<void> wait = over.get_future().share();
  peer_.answer_with([wait](const test::PeerRequest&) {
    wait.wait();
    return test::PeerAnswer{};
  });
  config_.timeout = std::chrono::milliseconds(200);
  EXPECT_EQ(read().error().kind, ErrorKind::Timeout);
  over.set_value();
}

TEST_F(VaultPeer, ThatIsGoneIsUnavailable) {
  peer_.stop();
  EXPECT_EQ(read().error().kind, ErrorKind::Unavailable);
}

TEST_F(VaultPeer, HoldsEverySecretOfTheDaemonAndNoneIsMade) {
  const std::string key = base64url_encode(std::string(32, 'v'));
  hold(R"({"sealing_keys":"k1 )" + key + R"(","audit_key":")" + key + R"(","api_key_key":")" + key +
       R"(","otp_key":")" + key + R"("})");
  RealFiles files;
  SystemRandom random;
  const SecretSources sources{.storage_path = dir_.path(), .vault = config_};
  const auto secrets = load_secrets(sources, {files, random, &client_});
  ASSERT_TRUE(secrets) << secrets.error().message;
  EXPECT_EQ(secrets->otp.reveal(), std::string(32, 'v'));
  EXPECT_EQ(peer_.count(), 1U);
  EXPECT_FALSE(files.exists(dir_.file("secrets")));
  hold(R"({"sealing_keys":"k1 )" + key + "\"}");
  EXPECT_THAT(load_secrets(sources, {files, random, &client_}).error().message,
              HasSubstr("Vault's secret/picket/authd has no field audit_key"));
}

}  // namespace
}  // namespace picket::authd
