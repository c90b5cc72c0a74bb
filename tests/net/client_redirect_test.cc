#include <gtest/gtest.h>

#include <memory>

#include "base/files/files.h"
#include "base/http/client.h"
#include "tests/net/dns_peer.h"
#include "tests/net/raw_peer.h"
#include "tests/support/nginx_server.h"
#include "tests/support/peer_server.h"

namespace picket {
namespace {

using namespace std::chrono_literals;
using test::LocalPeer;
using test::PeerAnswer;
using test::PeerRequest;
using test::RawConnection;
using test::RawPeer;

class ClientHopsTest : public testing::Test {
 protected:
  ClientHopsTest() : resolver_(loop_, resolver_options()), client_(loop_, resolver_) {
    dns_.answer("other.example", {{IpAddress::parse("127.0.0.1").value()}});
  }
  ResolverOptions resolver_options() const {
    ResolverOptions options;
    options.servers = {dns_.endpoint()};
    return options;
  }
  static OutboundRequest get(const std::string& url) {
    OutboundRequest request;
    request.url = url;
    request.timeout = 5s;
    request.reuse_connection = false;
    return request;
  }

  EventLoop loop_;
  test::DnsPeer dns_;
  Resolver resolver_;
  CurlClient client_;
};

TEST_F(ClientHopsTest, ChangesTheMethodAsTheStatusSays) {
  struct Row {
    int status;
    Method method;
    std::string arrives;
  };
  const Row rows[] = {{301, Method::Post, "GET"},    {302, Method::Post, "GET"},
                      {303, Method::Post, "GET"},    {307, Method::Post, "POSTbody"},
                      {308, Method::Put, "PUTbody"}, {303, Method::Head, "HEAD"},
                      {302, Method::Get, "GET"}};
  for (const Row& row : rows) {
    const LocalPeer peer([&](const PeerRequest& request) {
      if (request.path == "/from/here") return PeerAnswer{row.status, "moved", {{"Location", "../to?x=1"}}};
      return PeerAnswer{200, "arrived"};
    });
    OutboundRequest request = get(peer.url("/from/here"));
    request.method = row.method;
    request.body = row.method == Method::Post || row.method == Method::Put ? "body" : "";
    const ClientResponse answer = client_.exchange(request);
    ASSERT_EQ(answer.failed, FailedStep::None) << answer.error.message;
    EXPECT_EQ(answer.response.status, 200);
    EXPECT_EQ(answer.exchange.redirects, 1);
    EXPECT_EQ(answer.exchange.final_url, peer.url("/to?x=1"));
    const PeerRequest seen = peer.requests("/to").at(0);
    EXPECT_EQ(seen.method + seen.body, row.arrives) << row.status;
  }
}

TEST_F(ClientHopsTest, LeavesRedirectsAloneWhenAskedTo) {
  const LocalPeer peer([](const PeerRequest&) { return PeerAnswer{302, "moved", {{"Location", "/x"}}}; });
  OutboundRequest request = get(peer.url());
  request.config.follow_redirects = false;
  const ClientResponse answer = client_.exchange(request);
  EXPECT_EQ(answer.response.status, 302);
  EXPECT_EQ(answer.response.body, "moved");
  const LocalPeer nowhere([](const PeerRequest&) { return PeerAnswer{302, "no location"}; });
  EXPECT_EQ(client_.exchange(get(nowhere.url())).response.body, "no location");
}

TEST_F(ClientHopsTest, GivesUpOnALoopAndOnBadPlaces) {
  struct Row {
    std::string location;
    FailedStep step;
  };
  const Row rows[] = {{"/again", FailedStep::Redirect},
                      {"ftp://127.0.0.1/", FailedStep::Redirect},
                      {"file:///etc/passwd", FailedStep::Redirect},
                      {"http://", FailedStep::Redirect},
                      {"http://missing.example/", FailedStep::Resolve}};
  for (const Row& row : rows) {
    const LocalPeer peer([&](const PeerRequest&) {
      return PeerAnswer{302, "", {{"Location", row.location}}};
    });
    OutboundRequest request = get(peer.url());
    request.max_redirects = 3;
    const ClientResponse answer = client_.exchange(request);
    EXPECT_EQ(answer.failed, row.step) << row.location << ": " << answer.error.message;
    EXPECT_LE(peer.count(), 4U);
  }
}

TEST_F(ClientHopsTest, DoesNotWaitForTheBodyOfARedirect) {
  const RawPeer peer([](RawConnection& c) {
    if (c.read_until("\r\n\r\n").find("/to") != std::string::npos) {
      c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      return;
    }
    c.write("HTTP/1.1 302 Found\r\nLocation: /to\r\n\r\n");
    while (!c.hung_up_within(20ms) && c.write("x")) {
    }
  });
  const ClientResponse answer = client_.exchange(get(peer.url()));
  EXPECT_EQ(answer.response.body, "ok") << answer.error.message;
}

TEST_F(ClientHopsTest, AsksThePolicyOnEveryHop) {
  dns_.answer("rebound.example", {{IpAddress::parse("169.254.169.254").value()}});
  for (const std::string location : {"http://169.254.169.254/latest/meta-data/", "http://rebound.example/",
                                     "http://[::ffff:169.254.169.254]/", "http://0xa9fea9fe/"}) {
    const LocalPeer peer([&](const PeerRequest&) { return PeerAnswer{302, "", {{"Location", location}}}; });
    OutboundRequest request = get(peer.url());
    request.policy = AddressPolicy{};
    const ClientResponse answer = client_.exchange(request);
    EXPECT_EQ(answer.failed, FailedStep::Policy) << location << ": " << answer.error.message;
    EXPECT_EQ(answer.error.kind, ErrorKind::Denied);
    EXPECT_EQ(answer.exchange.redirects, 1);
  }
}

TEST_F(ClientHopsTest, APooledConnectionDoesNotPassThePolicy) {
  const LocalPeer peer;
  OutboundRequest request = get(peer.url());
  request.reuse_connection = true;
  EXPECT_EQ(client_.exchange(request).response.status, 200);
  request.policy = AddressPolicy{{}, {Cidr::parse("127.0.0.0/8").value()}};
  EXPECT_EQ(client_.exchange(request).failed, FailedStep::Policy);
}

TEST_F(ClientHopsTest, KeepsCredentialsToTheirOrigin) {
  LocalPeer target;
  const LocalPeer peer([&](const PeerRequest& request) {
    const std::string elsewhere = "http://other.example:" + std::to_string(target.port()) + "/";
    if (request.path == "/same") return PeerAnswer{307, "", {{"Location", "/end"}}};
    if (request.path == "/cross") return PeerAnswer{307, "", {{"Location", elsewhere}}};
    return PeerAnswer{};
  });
  OutboundRequest request = get(peer.url("/same"));
  request.headers = {{"Cookie", "c"}, {"X-Plain", "p"}};
  request.config.basic_auth = BasicAuth{"user", Secret("pass")};
  request.config.headers = {{"X-Api-Key", "k"}};
  EXPECT_EQ(client_.exchange(request).response.status, 200);
  const PeerRequest same = peer.requests("/end").at(0);
  EXPECT_EQ(same.header("Authorization"), "Basic dXNlcjpwYXNz");
  EXPECT_EQ(same.header("Cookie"), "c");
  EXPECT_EQ(same.header("X-Api-Key"), "k");
  request.url = peer.url("/cross");
  EXPECT_EQ(client_.exchange(request).response.status, 200);
  const PeerRequest cross = target.requests().at(0);
  for (const char* name : {"Authorization", "Cookie", "X-Api-Key"}) EXPECT_EQ(cross.header(name), "") << name;
  EXPECT_EQ(cross.header("X-Plain"), "p");
  EXPECT_EQ(cross.header("Host"), "other.example:" + std::to_string(target.port()));
}

TEST_F(ClientHopsTest, TakesCredentialsFromTheUrlOrTheSettings) {
  const LocalPeer peer([](const PeerRequest& request) {
    return PeerAnswer{200, request.header("Authorization")};
  });
  std::string with_user = peer.url("/");
  with_user.insert(7, "us%65r:p%40ss@");
  EXPECT_EQ(client_.exchange(get(with_user)).response.body, "Basic dXNlcjpwQHNz");
  OutboundRequest bearer = get(peer.url());
  bearer.config.authorization = Secret("token");
  EXPECT_EQ(client_.exchange(bearer).response.body, "Bearer token");
  bearer.headers = {{"Authorization", "own"}};
  EXPECT_EQ(client_.exchange(bearer).response.body, "own");
}

TEST_F(ClientHopsTest, TriesTheNextAddress) {
  const LocalPeer peer;
  dns_.answer("twice.example",
              {{IpAddress::parse("127.0.0.9").value(), IpAddress::parse("127.0.0.1").value()}});
  const ClientResponse answer =
      client_.exchange(get("http://twice.example:" + std::to_string(peer.port()) + "/"));
  EXPECT_EQ(answer.response.status, 200) << answer.error.message;
  EXPECT_EQ(answer.exchange.peer->text(), "127.0.0.1");
}

TEST_F(ClientHopsTest, GoesThroughAProxy) {
  const RawPeer proxy([](RawConnection& c) {
    const std::string head = c.read_until("\r\n\r\n");
    const std::string body =
        head.substr(0, head.find("\r\n")) +
        (head.find("Proxy-Authorization: Basic dTpw") != std::string::npos ? " authorized" : "");
    c.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  OutboundRequest request = get("http://behind.example/x");
  request.config.proxy_url = "http://u:p@127.0.0.1:" + std::to_string(proxy.port());
  const ClientResponse answer = client_.exchange(request);
  EXPECT_EQ(answer.response.body, "GET http://behind.example/x HTTP/1.1 authorized") << answer.error.message;
  request.policy = AddressPolicy{};
  request.url = "http://169.254.169.254/";
  EXPECT_EQ(client_.exchange(request).failed, FailedStep::Policy);
}

TEST_F(ClientHopsTest, VerifiesAndDescribesTls) {
  test::Certificates certificates;
  const auto files = certificates.server();
  const LocalPeer peer({files.cert, files.key}, {});
  struct Row {
    std::string ca_file, server_name;
    bool insecure;
    FailedStep failed;
    std::string error;
  };
  const Row rows[] = {
      {certificates.ca_file(), "", false, FailedStep::None, ""},
      {certificates.ca_file(), "wrong.example", false, FailedStep::Tls, "is not for wrong.example"},
      {"", "", false, FailedStep::Tls, "certificate"},
      {"", "", true, FailedStep::None, ""},
      {"/nonexistent.pem", "", false, FailedStep::Tls, "/nonexistent.pem"},
  };
  for (const Row& row : rows) {
    OutboundRequest request = get(peer.url());
    request.reuse_connection = true;  // a connection of other TLS settings must not be taken
    request.inspect_tls = true;
    request.config.tls.ca_file = row.ca_file;
    request.config.tls.server_name = row.server_name;
    request.config.tls.insecure_skip_verify = row.insecure;
    const ClientResponse answer = client_.exchange(request);
    EXPECT_EQ(answer.failed, row.failed) << row.ca_file << row.server_name << ": " << answer.error.message;
    EXPECT_NE(answer.error.message.find(row.error), std::string::npos) << answer.error.message;
    ASSERT_TRUE(answer.exchange.tls.has_value());
    if (row.ca_file.starts_with("/nonexistent")) continue;
    EXPECT_EQ(answer.exchange.tls->served.size(), 1U);
    EXPECT_EQ(answer.exchange.tls->verified, row.failed == FailedStep::None && !row.insecure);
    EXPECT_GT(answer.exchange.timings.tls, Duration::zero());
    EXPECT_GT(answer.exchange.timings.connect, Duration::zero());
  }
}

TEST_F(ClientHopsTest, DescribesTlsOfAReusedConnectionToo) {
  test::Certificates certificates;
  const auto files = certificates.server();
  const LocalPeer peer({files.cert, files.key}, {});
  OutboundRequest request = get(peer.url());
  request.reuse_connection = true;
  request.inspect_tls = true;
  request.config.tls.ca_file = certificates.ca_file();
  for (int i = 0; i < 2; ++i) {
    const ClientResponse answer = client_.exchange(request);
    ASSERT_TRUE(answer.exchange.tls.has_value()) << answer.error.message;
    EXPECT_TRUE(answer.exchange.tls->verified);
    EXPECT_EQ(answer.exchange.tls->verified_chain.size(), 2U);
    EXPECT_EQ(answer.exchange.timings.tls > Duration::zero(), i == 0);
  }
}

TEST_F(ClientHopsTest, ShowsItsClientCertificate) {
  test::Certificates certificates;
  const auto files = certificates.server();
  const LocalPeer peer({files.cert, files.key, certificates.ca_file()}, {});
  OutboundRequest request = get(peer.url());
  request.config.tls.ca_file = certificates.ca_file();
  EXPECT_NE(client_.exchange(request).failed, FailedStep::None);
  const auto own = certificates.client("picket");
  request.config.tls.cert_file = own.cert;
  request.config.tls.key_file = own.key;
  const ClientResponse answer = client_.exchange(request);
  EXPECT_EQ(answer.response.status, 200) << answer.error.message;
}

TEST_F(ClientHopsTest, SpeaksHttp2WhenThePeerDoes) {
  test::Certificates certificates;
  const auto files = certificates.server();
  const test::NginxServer nginx("server { listen 127.0.0.1:@PORT@ ssl http2; ssl_certificate " + files.cert +
                                "; ssl_certificate_key " + files.key +
                                "; location / { return 200 \"ok\"; } location /moved { return 302 /; } }");
  OutboundRequest request = get("https://localhost:" + std::to_string(nginx.port()) + "/moved");
  request.config.tls.ca_file = certificates.ca_file();
  request.reuse_connection = true;
  for (const bool http2 : {true, false}) {
    request.config.enable_http2 = http2;
    for (int i = 0; i < 3; ++i) {
      const ClientResponse answer = client_.exchange(request);
      EXPECT_EQ(answer.response.body, "ok") << answer.error.message;
      EXPECT_EQ(answer.exchange.redirects, 1);
      EXPECT_EQ(answer.exchange.http_version, http2 ? "2" : "1.1");
      EXPECT_EQ(answer.response.headers.get("content-type"), "text/plain");
    }
  }
}

TEST_F(ClientHopsTest, ReportsAHopFromHttpsToHttp) {
  test::Certificates certificates;
  const LocalPeer plain;
  const auto files = certificates.server();
  const LocalPeer secure({files.cert, files.key}, [&](const PeerRequest&) {
    return PeerAnswer{302, "", {{"Location", plain.url("/")}}};
  });
  OutboundRequest request = get(secure.url());
  request.config.tls.ca_file = certificates.ca_file();
  const ClientResponse answer = client_.exchange(request);
  EXPECT_EQ(answer.response.status, 200) << answer.error.message;
  EXPECT_TRUE(answer.exchange.downgraded);
}

TEST(HttpConfig, ReadsPrometheusKeys) {
  const RealFiles files;
  test::Certificates certificates;
  const test::CertificateFiles own = certificates.client("a");
  const std::string folder = own.key.substr(0, own.key.rfind('/'));
  const std::string named = fmt::format("{{ca_file: ca.pem, cert_file: {}, key_file: {}, ",
                                        own.cert.substr(folder.size() + 1), own.key);
  const Result<HttpConfig> config = parse_config<HttpConfig>(
      "tls_config: " + named + R"(server_name: s, insecure_skip_verify: true, min_version: TLS10}
basic_auth: {username: u, password: p}
proxy_url: http://proxy:3128
follow_redirects: false
enable_http2: false
http_headers: {X-A: {values: [a, b]}, X-S: {secrets: [s]}}
)",
      folder + "/config.yml", files);
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->basic_auth->username, "u");
  EXPECT_EQ(config->basic_auth->password.reveal(), "p");
  EXPECT_EQ(config->tls.ca_file, folder + "/ca.pem");
  EXPECT_EQ(config->tls.key_file, own.key);
  EXPECT_EQ(config->tls.min_version, TlsVersion::Tls10);
  EXPECT_FALSE(config->follow_redirects);
  EXPECT_EQ(config->headers.all("X-A").size(), 2U);
  EXPECT_EQ(config->headers.get("X-S"), "s");
}

TEST(HttpConfig, NamesEveryProblem) {
  const RealFiles files;
  const Result<HttpConfig> config = parse_config<HttpConfig>(R"(
basic_auth: {password: hush}
authorization: {type: Basic, credentials: hush}
bearer_token: hush
tls_config: {cert_file: c.pem, min_version: TLS13, max_version: TLS12}
proxy_url: gopher://proxy
http_headers: {Authorization: {values: [a]}}
oauth2: {}
)",
                                                             "config.yml", files);
  ASSERT_FALSE(config.has_value());
  const std::string& all = config.error().message;
  for (const char* part : {"basic_auth.username", "authorization.type", "bearer_token", "cert_file",
                           "max_version", "proxy_url", "http_headers.Authorization", "oauth2"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << " in\n" << all;
  }
  EXPECT_EQ(all.find("hush"), std::string::npos) << all;
}

}  // namespace
}  // namespace picket
