// The situations of exporter-toolkit's own test files (web/testdata, tls_config_test.go): a web.config.yml
// that works there works here, and does the same.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <memory>

#include "base/crypto/bcrypt.h"
#include "base/http/dispatcher.h"
#include "base/http/web_config.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"
#include "tests/http/raw_client.h"
#include "tests/http/test_server.h"
#include "tests/support/certificates.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using namespace std::chrono_literals;

Result<WebConfig> web_config(const std::string& text) {
  const RealFiles files;
  return parse_config<WebConfig>(text, "/etc/web.yml", files);
}

/// `more` are further keys: ", client_auth_type: RequestClientCert".
std::string tls_files(const CertificateFiles& files, const std::string& more = "") {
  return "tls_server_config: {cert_file: " + files.cert + ", key_file: " + files.key + more + "}\n";
}

std::string hash_of_cost(int cost) {
  return fmt::format("$2y${:02}${}", cost, std::string(53, 'a'));
}

TEST(ToolkitConfig, TakesWhatTheToolkitTakes) {
  const std::string sans = ", client_allowed_sans: [one, two]";
  const std::string verified = ", client_ca_file: ca.pem";
  const auto with = [](std::string_view type, const std::string& more) {
    return fmt::format("tls_server_config: {{cert_file: a, key_file: b, client_auth_type: {}{}}}", type,
                       more);
  };
  for (const std::string& text :
       {with("VerifyClientCertIfGiven", ""), with("RequireAndVerifyClientCert", ""),
        with("RequestClientCert", sans), with("RequireAnyClientCert", sans),
        with("VerifyClientCertIfGiven", verified + sans), with("RequireAndVerifyClientCert", verified + sans),
        std::string("tls_server_config: {cert: PEM, key: PEM, client_ca: PEM, "
                    "client_auth_type: RequireAndVerifyClientCert}"),
        std::string("tls_server_config: {cert_file: a, key: PEM}"),
        std::string("http_server_config: {headers: {X-XSS-Protection: 1}}"),
        std::string("rate_limit: {interval: 0, burst: 0}"),
        "basic_auth_users: {bob: " + hash_of_cost(18) + "}"}) {
    const Result<WebConfig> config = web_config(text);
    EXPECT_TRUE(config) << text << "\n" << (config ? "" : config.error().message);
  }
}

TEST(ToolkitConfig, RefusesWhatTheToolkitRefuses) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"tls_server_config: {cert: '', key_file: b}", "cert_file"},
      {"tls_server_config: {cert_file: a, key: ''}", "key_file"},
      {"tls_server_config: {client_auth_type: RequireAndVerifyClientCert}", "cert_file"},
      {"tls_server_config: {client_ca_file: c}", "cert_file"},
      {"tls_server_config: {cert_file: a, key_file: b, client_ca: PEM}", "client_auth_type"},
      {"tls_server_config: {cert_file: a, key_file: b, client_auth_type: NoClientCert, "
       "client_allowed_sans: [x]}",
       "client_allowed_sans"},
      {"tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAnyClientCert, "
       "client_allowed_sans: []}",
       "client_allowed_sans"},
      {"tls_server_config: {cert_file: a, key_file: b, key: SECRET-PEM}", "not both"}};
  for (const auto& [text, expected] : cases) {
    const Result<WebConfig> config = web_config(text);
    ASSERT_FALSE(config) << text;
    EXPECT_NE(config.error().message.find(expected), std::string::npos) << config.error().message;
    EXPECT_EQ(config.error().message.find("SECRET"), std::string::npos);
  }
}

TEST(ToolkitConfig, ATlsSectionWithoutACertificateMeansNoTls) {
  const Result<WebConfig> empty = web_config("tls_server_config: {}");
  ASSERT_TRUE(empty) << empty.error().message;
  EXPECT_FALSE(empty->tls);
  EXPECT_TRUE(empty->warnings.empty());
  const Result<WebConfig> versions = web_config("tls_server_config: {min_version: TLS13, cert_file: ''}");
  ASSERT_TRUE(versions) << versions.error().message;
  EXPECT_FALSE(versions->tls);
  ASSERT_EQ(versions->warnings.size(), 1u);
  EXPECT_NE(versions->warnings.front().find("tls_server_config"), std::string::npos);
}

TEST(ToolkitConfig, WarnsOfHashesThatTakeSeconds) {
  EXPECT_TRUE(web_config("basic_auth_users: {alice: " + hash_of_cost(14) + "}")->warnings.empty());
  for (const int cost : {15, 18}) {
    const Result<WebConfig> slow = web_config("basic_auth_users: {bob: " + hash_of_cost(cost) + "}");
    ASSERT_TRUE(slow) << slow.error().message;
    ASSERT_EQ(slow->warnings.size(), 1u);
    EXPECT_NE(slow->warnings.front().find("bob"), std::string::npos);
    EXPECT_NE(slow->warnings.front().find(std::to_string(cost)), std::string::npos);
    EXPECT_EQ(slow->warnings.front().find("$2y$"), std::string::npos) << "a hash is a secret";
  }
  EXPECT_FALSE(web_config("basic_auth_users: {bob: " + hash_of_cost(19) + "}"));
}

TEST(ToolkitConfig, ASlowHashIsWarnedOfOnceInTheLog) {
  const TempDir dir;
  dir.write("web.yml", "basic_auth_users: {bob: " + hash_of_cost(16) + "}");
  TestServer server({.web_config = dir.file("web.yml")});
  server.start();
  const std::string first = server.log();
  EXPECT_NE(first.find("level=warn"), std::string::npos) << first;
  EXPECT_NE(first.find("bob"), std::string::npos) << first;
  dir.write("web.yml", "basic_auth_users: {carol: " + hash_of_cost(16) + "}");
  EXPECT_TRUE(wait_until(5000ms, [&] { return server.log().find("carol") != std::string::npos; }));
  EXPECT_EQ(server.log().find("bob"), server.log().rfind("bob"));
}

// What a wrong guess costs is bounded: two are checked at a time, 8 of one client wait, and those whose
// request is over by their turn cost nothing more.
TEST(ToolkitConfig, AGuessWhoseRequestIsOverIsNotChecked) {
  const TempDir dir;
  dir.write("web.yml",
            "basic_auth_users: {bob: \"" + bcrypt_hash("x", 4, "0123456789abcdef").value() + "\"}");
  const RealFiles files;
  const SystemClock clock;
  SystemRandom random;
  Logger log({}, clock, [](std::string_view) {});
  WebConfigFile web(dir.file("web.yml"), files, random);
  ASSERT_TRUE(web.reload());
  const Router router;
  WorkerPool pool("test", {1, 8});
  WorkerPool loop("loop", {1, 8});
  std::atomic<int> refused{0};
  Dispatcher dispatcher({router, pool, web, log, clock, [&refused](std::string_view) { ++refused; }});
  const auto guess = [&](Deadline deadline) {
    const auto handle =
        std::make_shared<LoopHandle>([&loop](std::function<void()> work) { loop.submit(std::move(work)); });
    auto pending = std::make_shared<PendingResponse>(PendingResponse::Needs{handle, pool, {}},
                                                     [](const auto&, const auto&) {});
    const std::weak_ptr<PendingResponse> under_way = pending;
    Request request;
    request.headers.add("Authorization", "Basic " + base64_encode("bob:guess"));
    request.deadline = deadline;
    dispatcher.dispatch({std::move(request), "192.0.2.1", std::move(pending), handle});
    EXPECT_TRUE(wait_until(5000ms, [&] { return under_way.expired(); }));
    return refused.load();
  };
  EXPECT_EQ(guess({clock.mono()}), 0);
  EXPECT_EQ(guess({}), 1) << "one that somebody waits for is";
}

class ToolkitTls : public testing::Test {
 protected:
  ToolkitTls() { std::signal(SIGPIPE, SIG_IGN); }  // cpp-httplib writes to sockets that the server has closed
  void TearDown() override { ::unsetenv("SSL_CERT_FILE"); }
  void start(const std::string& config) {
    dir_.write("web.yml", config);
    server_.router.get("/hello", [](const Request& request) {
      return Response::text(200, request.has_verified_certificate ? "verified" : "hello");
    });
    server_.start();
  }
  int get(const CertificateFiles& client = {}) { return send(client).status; }
  HttpAnswer send(const CertificateFiles& client) {
    return http_send({.url = "https://127.0.0.1:" + std::to_string(server_.port()) + "/hello",
                      .ca_file = certificates_.ca_file(),
                      .client_cert = client.cert,
                      .client_key = client.key});
  }
  std::string text_of(const std::string& path) const { return *RealFiles().read(path, 1_MiB); }
  /// A key of the section with a PEM text as its value.
  std::string inline_pem(const std::string& key, const std::string& path) const {
    return "  " + key + ": |\n    " + replace_all(text_of(path), "\n", "\n    ") + "\n";
  }

  Certificates certificates_;
  const TempDir dir_;
  TestServer server_{{.web_config = dir_.file("web.yml")}};
};

TEST_F(ToolkitTls, WithoutAnAuthorityTheSystemsVerifyWhatIsGiven) {
  start(tls_files(certificates_.server(), ", client_auth_type: VerifyClientCertIfGiven"));
  EXPECT_EQ(get(), 200) << "nothing was given";
  EXPECT_EQ(get(certificates_.client("prometheus")), 0) << "signed by nobody whom the system knows";
}

TEST_F(ToolkitTls, TheSystemsAuthoritiesAreThoseOfOpenssl) {
  ::setenv("SSL_CERT_FILE", certificates_.ca_file().c_str(), 1);
  start(tls_files(certificates_.server(), ", client_auth_type: RequireAndVerifyClientCert"));
  EXPECT_EQ(get(), 0);
  EXPECT_EQ(get(certificates_.client("prometheus")), 200);
  EXPECT_EQ(get(certificates_.self_signed()), 0);
}

struct AskingMode {
  std::string name;
  bool verifies;
};

class AskedNames : public ToolkitTls, public testing::WithParamInterface<AskingMode> {};

TEST_P(AskedNames, CountWithEveryModeThatAsks) {
  const std::string ca = GetParam().verifies ? ", client_ca_file: " + certificates_.ca_file() : "";
  start(tls_files(certificates_.server(),
                  ", client_auth_type: " + GetParam().name + ca + ", client_allowed_sans: [client.example]"));
  EXPECT_EQ(get(), 0) << "no certificate has none of the names";
  EXPECT_EQ(get(certificates_.wrong_name()), 0);
  EXPECT_EQ(get(certificates_.client("prometheus")), 200);
}

TEST_P(AskedNames, RequestsSayWhetherTheCertificateWasVerified) {
  const std::string ca = GetParam().verifies ? ", client_ca_file: " + certificates_.ca_file() : "";
  start(tls_files(certificates_.server(), ", client_auth_type: " + GetParam().name + ca));
  EXPECT_EQ(send(certificates_.client("prometheus")).body, GetParam().verifies ? "verified" : "hello");
  EXPECT_NE(send({}).body, "verified") << "none was shown";
}

INSTANTIATE_TEST_SUITE_P(Modes, AskedNames,
                         testing::Values(AskingMode{"RequestClientCert", false},
                                         AskingMode{"RequireClientCert", false},
                                         AskingMode{"RequireAnyClientCert", false},
                                         AskingMode{"VerifyClientCertIfGiven", true},
                                         AskingMode{"RequireAndVerifyClientCert", true}),
                         [](const auto& mode) { return mode.param.name; });

TEST_F(ToolkitTls, CertificateAndKeyStandInTheFile) {
  const CertificateFiles own = certificates_.server();
  start("tls_server_config:\n" + inline_pem("cert", own.cert) + inline_pem("key", own.key));
  EXPECT_EQ(get(), 200);
}

TEST_F(ToolkitTls, TheKeyAloneStandsInTheFileAndTheAuthorityToo) {
  const CertificateFiles own = certificates_.server();
  start("tls_server_config:\n  cert_file: " + own.cert +
        "\n  client_auth_type: RequireAndVerifyClientCert\n" + inline_pem("key", own.key) +
        inline_pem("client_ca", certificates_.ca_file()));
  EXPECT_EQ(get(), 0);
  EXPECT_EQ(get(certificates_.self_signed()), 0);
  EXPECT_EQ(get(certificates_.client("prometheus")), 200);
}

TEST_F(ToolkitTls, PemTextsThatDoNotWorkAreNamedAndNotShown) {
  const CertificateFiles own = certificates_.server();
  const CertificateFiles other = certificates_.server();
  const std::string begin = "tls_server_config:\n  client_auth_type: RequireAnyClientCert\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {begin + "  cert: SECRET\n" + inline_pem("key", own.key), "cert"},
      {begin + inline_pem("cert", own.cert) + "  key: SECRET\n", "key"},
      {begin + inline_pem("cert", own.cert) + inline_pem("key", other.key), "does not belong"},
      {begin + inline_pem("cert", own.cert) + inline_pem("key", own.key) + "  client_ca: SECRET\n",
       "client_ca"}};
  for (const auto& [text, expected] : cases) {
    dir_.write("web.yml", text);
    TestServer server({.web_config = dir_.file("web.yml")});
    const Result<void> started = server.try_start();
    ASSERT_FALSE(started) << text;
    EXPECT_NE(started.error().message.find(expected), std::string::npos) << started.error().message;
    EXPECT_EQ(started.error().message.find("SECRET"), std::string::npos) << started.error().message;
  }
}

/// What a client with these suites, in its order, ends up with in TLS 1.2; "" without a handshake.
std::string negotiated(std::uint16_t port, const char* suites) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> connection(BIO_new_ssl_connect(context.get()),
                                                                 BIO_free_all);
  SSL* session = nullptr;
  BIO_get_ssl(connection.get(), &session);
  SSL_set_max_proto_version(session, TLS1_2_VERSION);
  SSL_set_cipher_list(session, suites);
  BIO_set_conn_hostname(connection.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  return BIO_do_handshake(connection.get()) == 1 ? SSL_get_cipher_name(session) : "";
}

constexpr const char* kClientsOrder = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
const std::string kServersOrder =
    ", cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]"
    ", min_version: TLS12, max_version: TLS12";

TEST_F(ToolkitTls, TheServersOrderOfSuitesCounts) {
  start(tls_files(certificates_.server(), kServersOrder));
  EXPECT_EQ(negotiated(server_.port(), kClientsOrder), "ECDHE-ECDSA-AES256-GCM-SHA384");
}

TEST_F(ToolkitTls, TheClientsOrderOfSuitesCountsWhenItIsNotTheServers) {
  start(tls_files(certificates_.server(), kServersOrder + ", prefer_server_cipher_suites: false"));
  EXPECT_EQ(negotiated(server_.port(), kClientsOrder), "ECDHE-ECDSA-AES128-GCM-SHA256");
  EXPECT_EQ(negotiated(server_.port(), "ECDHE-ECDSA-AES256-SHA"), "") << "none in common";
}

TEST_F(ToolkitTls, EverySuiteOfTheToolkitsFileIsKnown) {
  start(tls_files(certificates_.server(),
                  ", client_auth_type: VerifyClientCertIfGiven, cipher_suites: ["
                  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "
                  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "
                  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "
                  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256, "
                  "TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, "
                  "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "
                  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "
                  "TLS_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_256_CBC_SHA, "
                  "TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_GCM_SHA384]"));
  EXPECT_EQ(get(), 200);
}

TEST_F(ToolkitTls, EveryCurveOfTheToolkitsFileIsKnown) {
  start(tls_files(certificates_.server(), ", curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]"));
  EXPECT_EQ(get(), 200);
}

}  // namespace
}  // namespace picket::test
