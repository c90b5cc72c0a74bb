// web.config.yml: what it takes, what it refuses, and what it does to a running server.
#include "base/http/web_config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <latch>

#include <csignal>
#include <thread>

#include "base/crypto/bcrypt.h"
#include "base/http/rate_limiter.h"
#include "base/http/server_tls.h"
#include "base/text/encoding.h"
#include "tests/http/raw_client.h"
#include "tests/http/test_server.h"
#include "tests/support/certificates.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using namespace std::chrono_literals;

/// Cost 4, the cheapest there is.
std::string quick_hash(const std::string& password) {
  return bcrypt_hash(password, 4, "0123456789abcdef").value();
}

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + base64_encode(user + ":" + password);
}

Result<WebConfig> parse(const std::string& text) {
  const RealFiles files;
  return parse_config<WebConfig>(text, "/etc/web.yml", files);
}

TEST(WebConfig, ReadsTheToolkitsSchema) {
  const Result<WebConfig> config = parse(R"(
tls_server_config:
  cert_file: server.crt
  key_file: /keys/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus.example]
  min_version: TLS12
  max_version: TLS13
  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: true
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000
    X-XSS-Protection:
basic_auth_users:
  alice: $2y$10$abcdefghijklmnopqrstuuJVbvAoYzBvtjm9tdMPPCVKaPKYLVPU6
rate_limit: {interval: 100ms, burst: 20}
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->tls->cert_file, "/etc/server.crt");
  EXPECT_EQ(config->tls->key_file, "/keys/server.key");
  EXPECT_EQ(config->tls->client_auth, ClientAuth::RequireAndVerify);
  EXPECT_EQ(config->headers.at("X-Frame-Options"), "deny");
  EXPECT_FALSE(config->headers.contains("X-XSS-Protection"));
  EXPECT_EQ(config->basic_auth_users.size(), 1u);
  EXPECT_EQ(config->rate_limit.burst, 20u);
}

TEST(WebConfig, EmptyMeansOpen) {
  for (const std::string text : {"", "{}", "tls_server_config:\nbasic_auth_users:\n"}) {
    const Result<WebConfig> config = parse(text);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_FALSE(config->tls);
    EXPECT_TRUE(config->basic_auth_users.empty());
  }
}

TEST(WebConfig, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"tls_server_config: {cert_file: a}", "key_file"},
      {"tls_server_config: {cert: PEM, cert_file: a, key_file: b}", "not both"},
      {"tls_server_config: {cert_file: a, key_file: b, client_auth_type: Always}", "client_auth_type"},
      {"tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}", "client_auth_type"},
      {"tls_server_config: {cert_file: a, key_file: b, client_allowed_sans: [x]}", "client_allowed_sans"},
      {"tls_server_config: {cert_file: a, key_file: b, min_version: TLS13, max_version: TLS12}",
       "max_version"},
      {"tls_server_config: {cert_file: a, key_file: b, min_version: SSL3}", "min_version"},
      {"http_server_config: {headers: {X-Powered-By: me}}", "X-Powered-By"},
      {"http_server_config: {headers: {X-Frame-Options: maybe}}", "deny or sameorigin"},
      {"basic_auth_users: {alice: plain}", "alice"},
      {"rate_limit: {interval: 1s}", "burst"},
      {"basic_auth_user: {}", "did you mean"}};
  for (const auto& [text, expected] : cases) {
    const Result<WebConfig> config = parse(text);
    ASSERT_FALSE(config) << text;
    EXPECT_NE(config.error().message.find(expected), std::string::npos) << config.error().message;
    EXPECT_EQ(config.error().message.find("plain"), std::string::npos) << "a hash is a secret";
  }
}

TEST(WebConfig, OffersNoEmptyWord) {
  const Result<WebConfig> config =
      parse("tls_server_config: {cert_file: a, key_file: b, client_auth_type: Always}");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find("must be one of NoClientCert, RequestClientCert, "),
            std::string::npos)
      << config.error().message;
}

TEST(WebConfigFile, ABrokenFileKeepsTheLastGoodOne) {
  const TempDir dir;
  const RealFiles files;
  SystemRandom random;
  const std::string path = dir.write("web.yml", "http_server_config: {headers: {X-Frame-Options: deny}}");
  WebConfigFile web(path, files, random);
  ASSERT_TRUE(web.reload());
  dir.write("web.yml", "http_server_config: [");
  EXPECT_FALSE(web.reload());
  EXPECT_EQ(web.current()->headers.size(), 1u);
  EXPECT_FALSE(web.reload()) << "still broken";
  dir.write("web.yml", "{}");
  EXPECT_TRUE(web.reload());
  EXPECT_TRUE(web.current()->headers.empty());
}

class Passwords : public testing::Test {
 protected:
  Passwords() {
    dir_.write("web.yml", "basic_auth_users: {alice: \"" + quick_hash("open sesame") + "\"}");
    EXPECT_TRUE(web_.reload());
  }
  AuthOutcome authenticate(const std::string& field) { return web_.authenticate(&field, user_); }
  const TempDir dir_;
  const RealFiles files_;
  SystemRandom random_;
  WebConfigFile web_{dir_.file("web.yml"), files_, random_};
  std::string user_;
};

TEST_F(Passwords, AreCheckedAndRemembered) {
  const std::string right = basic("alice", "open sesame");
  EXPECT_EQ(web_.authenticate_known(&right, user_), std::nullopt);
  EXPECT_EQ(authenticate(right), AuthOutcome::Granted);
  EXPECT_EQ(user_, "alice");
  EXPECT_EQ(web_.authenticate_known(&right, user_), AuthOutcome::Granted);
  for (const std::string& wrong :
       {basic("alice", "close sesame"), basic("bob", "open sesame"), basic("", "")}) {
    EXPECT_EQ(authenticate(wrong), AuthOutcome::Refused);
    EXPECT_EQ(web_.authenticate_known(&wrong, user_), AuthOutcome::Refused);
  }
  for (const std::string bad : {"", "Basic", "Basic !", "Bearer abc", "Basic YWxpY2U="}) {
    EXPECT_EQ(web_.authenticate_known(&bad, user_), AuthOutcome::Refused) << bad;
  }
  EXPECT_EQ(web_.authenticate(nullptr, user_), AuthOutcome::Refused);
}

TEST_F(Passwords, AreForgottenWhenTheyChange) {
  EXPECT_EQ(authenticate(basic("alice", "open sesame")), AuthOutcome::Granted);
  EXPECT_EQ(authenticate(basic("alice", "new")), AuthOutcome::Refused);
  dir_.write("web.yml", "basic_auth_users: {alice: \"" + quick_hash("new") + "\"}");
  ASSERT_TRUE(web_.reload());
  EXPECT_EQ(authenticate(basic("alice", "open sesame")), AuthOutcome::Refused);
  EXPECT_EQ(authenticate(basic("alice", "new")), AuthOutcome::Granted);
}

TEST_F(Passwords, AFloodOfStrangersIsBusyNotEndless) {
  dir_.write("web.yml",
             "basic_auth_users: {alice: \"" + bcrypt_hash("x", 10, "0123456789abcdef").value() + "\"}");
  ASSERT_TRUE(web_.reload());
  std::atomic<int> busy{0};
  std::latch all_there(40);
  std::vector<std::jthread> strangers;
  strangers.reserve(40);
  for (int i = 0; i < 40; ++i) {
    strangers.emplace_back([&, i] {
      std::string user;
      const std::string field = basic("stranger", std::to_string(i));
      all_there.arrive_and_wait();
      if (web_.authenticate(&field, user) == AuthOutcome::Busy) ++busy;
    });
  }
  strangers.clear();
  EXPECT_GT(busy.load(), 0);
}

TEST(WebServer, AsksForPasswordsAndSetsHeaders) {
  const TempDir dir;
  dir.write("web.yml",
            "http_server_config: {headers: {X-Frame-Options: deny, X-Content-Type-Options: nosniff}}\n"
            "basic_auth_users: {alice: \"" +
                quick_hash("sesame") + "\"}");
  TestServer server({.web_config = dir.file("web.yml")});
  server.router.get("/who", [](const Request& r) { return Response::text(200, r.user); });
  server.start();
  const std::string get = "GET /who HTTP/1.1\r\nHost: x\r\n";
  RawClient client(server.port());
  const RawResponse refused = client.ask(get + "\r\n");
  EXPECT_EQ(refused.status, 401);
  EXPECT_TRUE(refused.field("www-authenticate").starts_with("Basic "));
  EXPECT_EQ(refused.field("x-frame-options"), "deny");
  EXPECT_EQ(refused.head.find("nosniff"), refused.head.rfind("nosniff")) << "once";
  EXPECT_EQ(client.ask(get + "Authorization: " + basic("alice", "wrong") + "\r\n\r\n").status, 401);
  EXPECT_EQ(client.ask(get + "Authorization: " + basic("alice", "sesame") + "\r\n\r\n").body, "alice");
  EXPECT_EQ(client.ask(get + "Authorization: " + basic("alice", "sesame") + "\r\n\r\n").body, "alice");
  EXPECT_EQ(RawClient(server.port()).ask("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n").status, 401);
  EXPECT_EQ(server.rejected("auth"), 3);
}

TEST(WebServer, StrangersWithPasswordsDoNotStallUsers) {
  const TempDir dir;
  dir.write("web.yml",
            "basic_auth_users: {alice: \"" + bcrypt_hash("sesame", 10, "0123456789abcdef").value() + "\"}");
  TestServer server({.web_config = dir.file("web.yml")});
  server.router.get("/who", [](const Request& r) { return Response::text(200, r.user); });
  server.start();
  const std::string get = "GET /who HTTP/1.1\r\nHost: x\r\nAuthorization: ";
  const std::string known = get + basic("alice", "sesame") + "\r\n\r\n";
  ASSERT_EQ(RawClient(server.port()).ask(known).status, 200);
  std::vector<RawClient> strangers;
  for (int i = 0; i < 50; ++i) {
    strangers.emplace_back(server.port());
    strangers.back().send(get + basic("alice", std::to_string(i)) + "\r\n\r\n");
  }
  EXPECT_EQ(RawClient(server.port()).ask(known).body, "alice");
  EXPECT_LT(server.rejected("auth"), 8) << "passwords of strangers are still being checked";
  int busy = 0;
  for (RawClient& stranger : strangers) {
    const int status = stranger.response().status;
    EXPECT_TRUE(status == 401 || status == 503) << status;
    busy += status == 503 ? 1 : 0;
  }
  EXPECT_GE(busy, 1);
  EXPECT_EQ(server.rejected("auth") + busy, 50);
}

TEST(WebServer, LimitsTheRatePerAddress) {
  const TempDir dir;
  dir.write("web.yml", "rate_limit: {interval: 1h, burst: 3}");
  TestServer server({.web_config = dir.file("web.yml")});
  server.router.get("/", [](const Request&) { return Response::text(200, "ok"); });
  server.start();
  RawClient client(server.port());
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask(get).status, 200);
  const RawResponse refused = client.ask(get);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.field("retry-after"), "3600");
  EXPECT_EQ(server.rejected("rate_limit"), 1);
}

TEST(RateLimiter, FillsUpAgainAndForgets) {
  RateLimiter limiter;
  const RateLimit limit{100ms, 2};
  MonoTime now{1h};
  EXPECT_EQ(limiter.take(limit, "a", now), 0ms);
  EXPECT_EQ(limiter.take(limit, "a", now), 0ms);
  EXPECT_EQ(limiter.take(limit, "a", now), 100ms);
  EXPECT_EQ(limiter.take(limit, "b", now), 0ms);
  EXPECT_EQ(limiter.take(limit, "a", now + 40ms), 60ms);
  EXPECT_EQ(limiter.take(limit, "a", now + 100ms), 0ms);
  EXPECT_GT(limiter.take(limit, "a", now + 100ms), 0ms);
  EXPECT_EQ(limiter.take({}, "a", now), 0ms);
  for (std::size_t i = 0; i < 2 * RateLimiter::kMaxAddresses; ++i)
    limiter.take(limit, std::to_string(i), now);
  EXPECT_LE(limiter.addresses(), RateLimiter::kMaxAddresses);
  now += 10s;
  limiter.take(limit, "new", now);
  EXPECT_EQ(limiter.addresses(), 1u);
}

std::string tls_section(const CertificateFiles& files, const std::string& more = "") {
  return "tls_server_config: {cert_file: " + files.cert + ", key_file: " + files.key + more + "}\n";
}

class TlsServer : public testing::Test {
 protected:
  TlsServer() { std::signal(SIGPIPE, SIG_IGN); }  // cpp-httplib writes to sockets that the server has closed
  void start(const std::string& config) {
    dir_.write("web.yml", config);
    server_.router.get("/hello",
                       [](const Request&) { return Response::text(200, std::string(300000, 'h')); });
    server_.start();
  }
  HttpAnswer get(const CertificateFiles& client = {}) {
    return http_send({.url = "https://127.0.0.1:" + std::to_string(server_.port()) + "/hello",
                      .ca_file = certificates_.ca_file(),
                      .client_cert = client.cert,
                      .client_key = client.key});
  }
  Certificates certificates_;
  const TempDir dir_;
  TestServer server_{{.limits = {.header_timeout = 300ms}, .web_config = dir_.file("web.yml")}};
};

TEST_F(TlsServer, ServesAVerifyingClient) {
  start(tls_section(certificates_.server()));
  const HttpAnswer answer = get();
  EXPECT_EQ(answer.status, 200) << answer.error;
  EXPECT_EQ(answer.body.size(), 300000u);
}

TEST(WebTls, AFileThatIsAPipeIsRefusedAndHoldsNothingUp) {
  Certificates certificates;
  const CertificateFiles own = certificates.server();
  const TempDir dir;
  const std::string pipe = dir.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  WebTls key, cert, authorities;
  key.cert_file = authorities.cert_file = own.cert;
  cert.key_file = authorities.key_file = own.key;
  key.key_file = cert.cert_file = authorities.client_ca_file = pipe;
  authorities.client_auth = ClientAuth::RequireAndVerify;
  for (const WebTls& config : {key, cert, authorities}) {
    const Result<TlsContext> made = make_server_context(config);
    ASSERT_FALSE(made.has_value());
    EXPECT_NE(made.error().message.find(pipe + ": is not a regular file"), std::string::npos)
        << made.error().message;
  }
}

TEST_F(TlsServer, AHandshakeHasADeadlineAndNoiseEndsIt) {
  start(tls_section(certificates_.server()));
  RawClient silent(server_.port());
  RawClient plain(server_.port());
  plain.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(plain.is_closed_within(2000ms));
  EXPECT_TRUE(silent.is_closed_within(2000ms));
  EXPECT_EQ(server_.rejected("header_timeout"), 1);
  EXPECT_EQ(server_.rejected("tls"), 1);
}

TEST_F(TlsServer, AsksForClientCertificatesAndTheirNames) {
  const std::string ca = ", client_ca_file: " + certificates_.ca_file();
  start(tls_section(certificates_.server(), ca + ", client_auth_type: RequireAndVerifyClientCert, "
                                                 "client_allowed_sans: [client.example]"));
  EXPECT_EQ(get().status, 0);
  EXPECT_EQ(get(certificates_.self_signed()).status, 0);
  EXPECT_EQ(get(certificates_.wrong_name()).status, 0);
  EXPECT_EQ(get(certificates_.client("prometheus")).status, 200);
}

TEST_F(TlsServer, TakesUpANewCertificateWithoutARestart) {
  const CertificateFiles old = certificates_.expired();
  start(tls_section(old));
  EXPECT_EQ(get().status, 0);
  const CertificateFiles fresh = certificates_.server();
  const RealFiles read;
  RealFiles write;
  ASSERT_TRUE(write.write_atomic(old.cert, "garbage", 0600));
  EXPECT_TRUE(
      wait_until(5000ms, [&] { return server_.log().find("keeps its last good") != std::string::npos; }));
  ASSERT_TRUE(write.write_atomic(old.key, *read.read(fresh.key, 1_MiB), 0600));
  ASSERT_TRUE(write.write_atomic(old.cert, *read.read(fresh.cert, 1_MiB), 0600));
  EXPECT_TRUE(wait_until(5000ms, [&] { return get().status == 200; }));
}

TEST_F(TlsServer, DoesNotStartOnWhatDoesNotWork) {
  const CertificateFiles one = certificates_.server();
  const CertificateFiles other = certificates_.server();
  const std::string ciphers = ", cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]";
  for (const std::string& config :
       {tls_section({one.cert, other.key}), tls_section({"none.pem", one.key}), tls_section(one, ciphers),
        tls_section(one, ", curve_preferences: [CurveP9]")}) {
    dir_.write("web.yml", config);
    TestServer server({.web_config = dir_.file("web.yml")});
    EXPECT_FALSE(server.try_start()) << config;
  }
}

}  // namespace
}  // namespace picket::test
