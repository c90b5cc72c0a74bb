// Scans of real servers on loopback: nginx, and peers that behave badly.
#include "exporters/security/posture/collector.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "tests/net/raw_peer.h"
#include "tests/security/posture/collector_fixture.h"
#include "tests/support/free_port.h"
#include "tests/support/nginx_server.h"
#include "tests/support/peer_server.h"

namespace picket::security {
namespace {

using namespace std::chrono_literals;
using test::LocalPeer;
using test::NginxServer;
using test::PeerAnswer;
using test::PeerRequest;
using test::RawConnection;
using test::RawPeer;

std::string tls_server(const std::string& chain, const std::string& key, const std::string& rest) {
  return "server { listen 127.0.0.1:@PORT@ ssl; ssl_certificate " + chain + "; ssl_certificate_key " + key +
         "; " + rest + " }";
}

constexpr const char* kGood = R"nginx(
  ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM; server_tokens off;
  add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
  add_header Content-Security-Policy "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
  add_header X-Content-Type-Options nosniff always;
  add_header Referrer-Policy no-referrer;
  add_header Permissions-Policy "camera=(), microphone=()";
  add_header Cross-Origin-Opener-Policy same-origin;
  add_header Set-Cookie "__Host-sid=1; Secure; HttpOnly; SameSite=Lax; Path=/";
  location = / { default_type text/html; return 200 "<html>hello</html>"; }
  location / { return 404; })nginx";

TEST_F(CollectorTest, FindsNothingInASoundNginx) {
  const int plain = test::free_port();
  const NginxServer nginx(tls_server(keys_.chain({"leaf", "mid"}), keys_.file("leaf.key"), kGood) +
                          " server { listen 127.0.0.1:" + std::to_string(plain) +
                          "; return 308 https://localhost:@PORT@$request_uri; }");
  ScanConfig config = at(nginx.port());
  config.http = "http://localhost:" + std::to_string(plain) + "/";
  const ScanResult result = scan(config);
  EXPECT_EQ(with(result, Outcome::Fail), std::set<std::string>{});
  EXPECT_EQ(with(result, Outcome::NotKnown), std::set<std::string>{});
  EXPECT_EQ(with(result, Outcome::NotApplicable), std::set<std::string>{"tls-dh-size"});
  EXPECT_EQ(result.score, 1.0);
  const std::vector<std::pair<TlsProtocol, bool>> protocols = {{TlsProtocol::Ssl3, false},
                                                               {TlsProtocol::Tls10, false},
                                                               {TlsProtocol::Tls11, false},
                                                               {TlsProtocol::Tls12, true},
                                                               {TlsProtocol::Tls13, true}};
  EXPECT_EQ(result.protocols, protocols);
  ASSERT_TRUE(result.weak_ciphers.has_value());
  EXPECT_TRUE(result.weak_ciphers->empty());
  EXPECT_EQ(result.trusted, true);
  ASSERT_EQ(result.certificates.size(), 2U);
  EXPECT_EQ(result.certificates[0].key_algorithm, "RSA");
  EXPECT_EQ(result.certificates[0].key_bits, 2048);
}

constexpr const char* kBad = R"(
  ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:eNULL:@SECLEVEL=0; ssl_dhparam @DIR@/dh.pem;
  root @DIR@/www; autoindex on;
  add_header Strict-Transport-Security "max-age=60" always;
  add_header Content-Security-Policy "default-src * 'unsafe-inline'";
  add_header X-Frame-Options ALLOWALL;
  add_header X-Content-Type-Options nosniff; add_header X-Content-Type-Options nosniff;
  add_header X-Powered-By PHP/5.3;
  add_header Set-Cookie "sid=1";
  add_header Access-Control-Allow-Origin $http_origin;
  add_header Access-Control-Allow-Credentials true;
  location = / { default_type text/html; return 200 "<html>hello</html>"; }
  location = /metrics { return 200 "# TYPE up gauge\nup 1\n"; }
  location = /debug/pprof/ { default_type text/html; return 200 "<title>/debug/pprof/</title>"; }
  location = /server-status { stub_status; })";

TEST_F(CollectorTest, FindsEveryFaultOfABadNginx) {
  keys_.make_bad();
  const int plain = test::free_port();
  const std::string parameters = keys_.file("dh.pem");
  keys_.run("dhparam -dsaparam -out @dh.pem 1024");
  std::string rest = kBad;
  rest.replace(rest.find("@DIR@/dh.pem"), 12, parameters);
  const NginxServer nginx(tls_server(keys_.file("bad.pem"), keys_.file("bad.key"), rest) +
                          " server { listen 127.0.0.1:" + std::to_string(plain) + "; return 200 hello; }");
  for (const char* folder : {"/www/.git", "/www/uploads"})
    std::filesystem::create_directories(nginx.dir().path() + folder);
  nginx.dir().write("www/.git/HEAD", "ref: refs/heads/main\n");
  nginx.dir().write("www/.env", "DB_PASSWORD=hunter2\n");
  ScanConfig config = at(nginx.port());
  config.http = "http://localhost:" + std::to_string(plain) + "/metrics";
  const ScanResult result = scan(config);
  EXPECT_EQ(with(result, Outcome::NotKnown), std::set<std::string>{});
  EXPECT_EQ(with(result, Outcome::Pass),
            (std::set<std::string>{"https", "tls-compression", "tls-renegotiation", "cert-chain",
                                   "header-nosniff", "cookie-prefix"}));
  EXPECT_EQ(seen_of(result, "tls-old-versions"), "TLS 1.0, TLS 1.1 accepted");
  EXPECT_EQ(seen_of(result, "tls-dh-size"), "a group of 1024 bits");
  const std::set<std::string_view> weak(result.weak_ciphers->begin(), result.weak_ciphers->end());
  for (const char* name : {"TLS_RSA_WITH_NULL_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
                           "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"})
    EXPECT_TRUE(weak.contains(name)) << name;
  EXPECT_FALSE(weak.contains("TLS_RSA_WITH_RC4_128_SHA"));  // this OpenSSL has none
  EXPECT_EQ(weak.size(), result.weak_ciphers->size());
  EXPECT_EQ(result.trusted, false);
  EXPECT_EQ(result.certificates.at(0).key_bits, 1024);
  EXPECT_LT(result.score.value(), 0.2);
  EXPECT_EQ(result.cookies->secure, 1U);
}

TEST_F(CollectorTest, TellsAMissingIntermediateFromAWrongOrder) {
  {
    const NginxServer alone(tls_server(keys_.chain({"leaf"}), keys_.file("leaf.key"), kGood));
    const ScanResult result = scan(at(alone.port()));
    EXPECT_EQ(seen_of(result, "cert-chain"), "the certificate of \"CN=mid\" is missing");
    EXPECT_EQ(result.find("cert-trusted")->outcome, Outcome::Fail);
    // Whoever trusts the intermediate itself does not see that others cannot.
    ScanConfig with_intermediate = at(alone.port());
    with_intermediate.ca_file = keys_.chain({"root", "mid"});
    const ScanResult verified = scan(with_intermediate);
    EXPECT_EQ(verified.find("cert-trusted")->outcome, Outcome::Pass);
    EXPECT_EQ(seen_of(verified, "cert-chain"), "\"CN=mid\" is not sent; it verified because we have it");
  }
  const NginxServer mixed(tls_server(keys_.chain({"leaf", "root", "mid"}), keys_.file("leaf.key"), kGood));
  const ScanResult result = scan(at(mixed.port()));
  EXPECT_EQ(seen_of(result, "cert-chain"), "\"CN=leaf\" is followed by \"CN=root\", not by its issuer");
  EXPECT_EQ(result.find("cert-trusted")->outcome, Outcome::Pass);
}

TEST_F(CollectorTest, TakesNoCatchAllPageForAFinding) {
  const NginxServer nginx(R"(server { listen 127.0.0.1:@PORT@;
    location / { return 200 "# TYPE up gauge\nDB_PASSWORD=x\n"; } })");
  ScanConfig config;
  config.target = nginx.url();
  const ScanResult result = scan(config);
  for (const char* id :
       {"exposed-metrics", "exposed-env", "exposed-git", "exposed-pprof", "exposed-directory"})
    EXPECT_EQ(result.find(id)->outcome, Outcome::Pass) << id;
  EXPECT_EQ(result.find("https")->outcome, Outcome::NotApplicable);
}

TEST_F(CollectorTest, AsksEachPathOnceAndSaysWhoItIs) {
  const LocalPeer peer;
  ScanConfig config;
  config.target = peer.url("/app");
  ASSERT_TRUE(collect(config).has_value());
  std::map<std::string, int> asked;
  for (const PeerRequest& request : peer.requests()) {
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.header("User-Agent"), "picket security_exporter/test");
    ++asked[request.path];
  }
  EXPECT_EQ(asked["/app"], 2);  // with and without an Origin
  asked.erase("/app");
  EXPECT_EQ(asked.size(), 9U);
  for (const auto& [path, times] : asked) EXPECT_EQ(times, 1) << path;
}

TEST_F(CollectorTest, FollowsRedirectsOnItsOwnOriginAlone) {
  const LocalPeer other;
  const LocalPeer peer([&](const PeerRequest& request) {
    if (request.path == "/") return PeerAnswer{302, "", {{"Location", "/login"}, {"Set-Cookie", "a=1"}}};
    if (request.path == "/login")
      return PeerAnswer{200, "in", {{"X-Powered-By", "x"}, {"Set-Cookie", "b=1"}}};
    if (request.path == "/away") return PeerAnswer{302, "", {{"Location", other.url("/")}}};
    return PeerAnswer{404, "", {}};
  });
  ScanConfig config;
  config.target = peer.url("/");
  const Result<Observation> followed = collect(config);
  ASSERT_TRUE(followed.has_value());
  EXPECT_EQ(followed->page.status, 200);
  EXPECT_EQ(followed->set_cookies, (std::vector<std::string>{"a=1", "b=1"}));
  config.target = peer.url("/away");
  const Result<Observation> away = collect(config);
  ASSERT_TRUE(away.has_value());
  EXPECT_EQ(away->page.status, 302);
  EXPECT_EQ(other.count(), 0U);
}

TEST_F(CollectorTest, AsksNobodyThatThePolicyDenies) {
  const LocalPeer peer;
  ScanConfig config;
  config.target = peer.url("/");
  config.addresses.deny.push_back(Cidr::parse("127.0.0.0/8").value());
  const Result<Observation> seen = collect(config);
  ASSERT_FALSE(seen.has_value());
  EXPECT_EQ(seen.error().kind, ErrorKind::Denied);
  EXPECT_EQ(peer.count(), 0U);
}

TEST_F(CollectorTest, EndsInItsTimeWithABoundedBody) {
  const RawPeer silent([](RawConnection& c) { c.read_until("never"); });
  const MonoTime before = clock_.mono();
  const Result<Observation> seen = collect(at(silent.port()), 500ms);
  EXPECT_FALSE(seen.has_value());
  EXPECT_LT(clock_.mono() - before, 10s);
  const RawPeer endless([](RawConnection& c) {
    c.read_until("\r\n\r\n");
    c.write("HTTP/1.1 200 OK\r\n\r\n");
    while (c.write(std::string(10'000, 'x'))) {
    }
  });
  ScanConfig config;
  config.target = "http://127.0.0.1:" + std::to_string(endless.port());
  const Result<Observation> cut = collect(config);
  ASSERT_TRUE(cut.has_value()) << cut.error().message;
  EXPECT_EQ(cut->page.body.size(), 64U * 1024);
}

TEST_F(CollectorTest, SaysWhyATargetCannotBeScanned) {
  const ScanConfig config = at(test::free_port());
  const Result<Observation> refused = collect(config);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("localhost"), std::string::npos);
  const RawPeer smtp([](RawConnection& c) { c.write("220 mail ready\r\n"); });
  EXPECT_FALSE(collect(at(smtp.port())).has_value());
}

TEST_F(CollectorTest, CanGoWhileAScanRuns) {
  const RawPeer silent([](RawConnection& c) { c.read_until("never"); });
  std::promise<void> ended;
  collector_->collect(std::make_shared<const ScanConfig>(at(silent.port())), Deadline::after(clock_, 1s),
                      [&ended](const Result<Observation>& seen) {
                        EXPECT_FALSE(seen.has_value());
                        ended.set_value();
                      });
  collector_.reset();
  ended.get_future().wait();
}

}  // namespace
}  // namespace picket::security
