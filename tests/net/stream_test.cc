#include "base/net/stream.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/net/dns_peer.h"
#include "tests/net/raw_peer.h"

namespace picket {
namespace {

using namespace std::chrono_literals;
using test::RawConnection;
using test::RawPeer;

class StreamTest : public testing::Test {
 protected:
  StreamTest() : resolver_(loop_, resolver_options()), stream_(Stream::create(loop_, resolver_)) {}

  ResolverOptions resolver_options() const {
    ResolverOptions options;
    options.servers = {dns_.endpoint()};
    return options;
  }

  template <class T, class Start>
  static Result<T> wait_for(Start start) {
    std::promise<Result<T>> promise;
    start([&](Result<T> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
  }
  Result<void> connect(const std::string& host, std::uint16_t port, Duration within = 5s) {
    ConnectTarget target;
    target.endpoint = {host, port};
    return connect(target, within);
  }
  Result<void> connect(const ConnectTarget& target, Duration within = 5s) {
    return wait_for<void>(
        [&](auto done) { stream_->connect(target, Deadline::after(clock_, within), done); });
  }
  Result<void> start_tls(const TlsConfig& config) {
    return wait_for<void>([&](auto done) { stream_->start_tls(config, done); });
  }
  Result<void> write(const std::string& bytes) {
    return wait_for<void>([&](auto done) { stream_->write(bytes, done); });
  }
  Result<std::string> read_until(const std::string& end, std::size_t max_bytes = 1000) {
    return wait_for<std::string>([&](auto read) { stream_->read_until(end, max_bytes, read); });
  }
  Result<std::string> read_some(std::size_t max_bytes = 1000) {
    return wait_for<std::string>([&](auto read) { stream_->read_some(max_bytes, read); });
  }

  SystemClock clock_;
  EventLoop loop_;
  test::DnsPeer dns_;
  Resolver resolver_;
  std::shared_ptr<Stream> stream_;
};

TEST_F(StreamTest, TalksInLines) {
  const RawPeer peer([](RawConnection& c) {
    c.write("220 ready\r\n");
    c.write("250-" + c.read_until("\r\n") + "250 done\r\nrest");
  });
  ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
  EXPECT_EQ(stream_->peer().text(), "127.0.0.1");
  EXPECT_GT(stream_->timings().connect, Duration::zero());
  EXPECT_EQ(read_until("\r\n").value(), "220 ready\r\n");
  ASSERT_TRUE(write("hello\r\n").has_value());
  EXPECT_EQ(read_until("\r\n").value(), "250-hello\r\n");
  EXPECT_EQ(read_until("\r\n").value(), "250 done\r\n");
  EXPECT_EQ(read_some(2).value(), "re");
  EXPECT_EQ(read_some().value(), "st");
  EXPECT_EQ(read_some().value(), "");  // end of stream
  EXPECT_EQ(read_until("\n").error().kind, ErrorKind::Unavailable);
}

TEST_F(StreamTest, BoundsALineThatHasNoEnd) {
  const RawPeer peer([](RawConnection& c) {
    while (c.write(std::string(1000, 'x'))) {
    }
  });
  ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
  EXPECT_EQ(read_until("\n", 5000).error().kind, ErrorKind::InvalidInput);
}

TEST_F(StreamTest, EndsEveryOperationAtTheDeadline) {
  const RawPeer peer([](RawConnection& c) {
    while (c.write("x") && !c.hung_up_within(50ms)) {
    }
  });
  ASSERT_TRUE(connect("127.0.0.1", peer.port(), 400ms).has_value());
  const MonoTime before = clock_.mono();
  EXPECT_EQ(read_until("\n").error().kind, ErrorKind::Timeout);
  EXPECT_LT(clock_.mono() - before, 3s);
  EXPECT_EQ(write("more").error().kind, ErrorKind::Timeout);
  EXPECT_EQ(read_some().error().kind, ErrorKind::Timeout);
}

TEST_F(StreamTest, TriesTheNextAddressWhenOneRefuses) {
  const RawPeer peer([](RawConnection& c) { c.write("hello\n"); });
  dns_.answer("twice.example",
              {{IpAddress::parse("127.0.0.9").value(), IpAddress::parse("127.0.0.1").value()}});
  ConnectTarget target;
  target.endpoint = {"twice.example", peer.port()};
  ASSERT_TRUE(connect(target).has_value());
  EXPECT_EQ(stream_->peer().text(), "127.0.0.1");
  EXPECT_GT(stream_->timings().resolve, Duration::zero());
  EXPECT_EQ(read_until("\n").value(), "hello\n");
}

TEST_F(StreamTest, AsksThePolicyOnTheResolvedAddress) {
  dns_.answer("rebound.example", {{IpAddress::parse("169.254.169.254").value()}});
  const Result<void> refused = connect("rebound.example", 80);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::Denied);
  EXPECT_NE(refused.error().message.find("169.254.169.254"), std::string::npos);
}

TEST_F(StreamTest, SaysWhyItCannotConnect) {
  const RawPeer gone([](RawConnection&) {});
  std::uint16_t port = 0;
  {
    const RawPeer closed([](RawConnection&) {});
    port = closed.port();
  }
  const Result<void> refused = connect("127.0.0.1", port);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::Unavailable);
  EXPECT_NE(refused.error().message.find("Connection refused"), std::string::npos) << refused.error().message;
  stream_ = Stream::create(loop_, resolver_);
  EXPECT_EQ(connect("missing.example", 80).error().kind, ErrorKind::NotFound);
}

TEST_F(StreamTest, BindsItsSourceAddress) {
  const RawPeer peer([](RawConnection& c) { c.write("hello\n"); });
  ConnectTarget target;
  target.endpoint = {"127.0.0.1", peer.port()};
  target.source_address = "127.0.0.5";
  EXPECT_TRUE(connect(target).has_value());
  stream_ = Stream::create(loop_, resolver_);
  target.source_address = "192.0.2.200";
  EXPECT_EQ(connect(target).error().kind, ErrorKind::Unavailable);
}

TEST_F(StreamTest, UpgradesToTls) {
  test::Certificates certificates;
  const auto files = certificates.server();
  const RawPeer peer([&](RawConnection& c) {
    c.write("220 ready\r\n");
    c.read_until("STARTTLS\r\n");
    c.write("220 go\r\n");
    if (c.start_tls(files)) c.write("name=" + c.server_name() + "\n" + c.read_until("\n"));
  });
  ASSERT_TRUE(connect("localhost", peer.port()).has_value());
  EXPECT_EQ(read_until("\r\n").value(), "220 ready\r\n");
  ASSERT_TRUE(write("STARTTLS\r\n").has_value());
  EXPECT_EQ(read_until("\r\n").value(), "220 go\r\n");
  TlsConfig config;
  config.ca_file = certificates.ca_file();
  const Result<void> secured = start_tls(config);
  ASSERT_TRUE(secured.has_value()) << secured.error().message;
  ASSERT_TRUE(write("secret\n").has_value());
  EXPECT_EQ(read_until("\n").value(), "name=localhost\n");
  EXPECT_EQ(read_until("\n").value(), "secret\n");
  const TlsFacts& facts = stream_->tls_facts();
  EXPECT_EQ(facts.version, "TLS 1.3");
  EXPECT_FALSE(facts.cipher.empty());
  EXPECT_TRUE(facts.verified);
  ASSERT_EQ(facts.served.size(), 1U);
  EXPECT_EQ(facts.served[0].subject, "CN=localhost");
  EXPECT_EQ(facts.served[0].fingerprint_sha256.size(), 64U);
  EXPECT_EQ(facts.served[0].alternative_names, (std::vector<std::string>{"localhost", "127.0.0.1", "::1"}));
  EXPECT_GT(facts.served[0].not_after, clock_.wall() + std::chrono::hours(24 * 89));
  EXPECT_LT(facts.served[0].not_before, clock_.wall());
  EXPECT_EQ(facts.served[0].key_algorithm, "EC");
  EXPECT_EQ(facts.served[0].key_bits, 256);
  EXPECT_EQ(facts.served[0].signature_algorithm, "ecdsa-with-SHA256");
  EXPECT_TRUE(facts.faults.empty());
  EXPECT_EQ(facts.verified_chain.size(), 2U);
  EXPECT_GT(stream_->timings().tls, Duration::zero());
}

TEST_F(StreamTest, RefusesBytesSentBeforeTheHandshake) {
  const RawPeer peer([&](RawConnection& c) {
    c.write("220 go\r\n250 injected\r\n");
    c.read_some();
  });
  ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
  EXPECT_EQ(read_until("\r\n").value(), "220 go\r\n");
  EXPECT_EQ(start_tls({}).error().kind, ErrorKind::InvalidInput);
}

struct BadCertificate {
  const char* name;
  test::CertificateFiles (*make)(test::Certificates&);
  const char* complaint;
  CertificateFault fault;
};

class BadCertificateTest : public StreamTest, public testing::WithParamInterface<BadCertificate> {};

TEST_P(BadCertificateTest, IsRefusedAndStillDescribed) {
  test::Certificates certificates;
  const auto files = GetParam().make(certificates);
  const RawPeer peer([&](RawConnection& c) {
    if (c.start_tls(files)) c.write("hello\n");
  });
  TlsConfig config;
  config.ca_file = certificates.ca_file();
  for (const bool insecure : {false, true}) {
    config.insecure_skip_verify = insecure;
    stream_ = Stream::create(loop_, resolver_);
    ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
    const Result<void> secured = start_tls(config);
    EXPECT_EQ(secured.has_value(), insecure);
    const TlsFacts& facts = stream_->tls_facts();
    EXPECT_FALSE(facts.verified);
    EXPECT_NE(facts.verify_error.find(GetParam().complaint), std::string::npos) << facts.verify_error;
    EXPECT_EQ(facts.faults, std::vector{GetParam().fault});
    EXPECT_EQ(facts.served.size(), 1U);
    EXPECT_TRUE(facts.verified_chain.empty());
    EXPECT_EQ(facts.version, "TLS 1.3");
    if (!insecure) {
      EXPECT_NE(secured.error().message.find(GetParam().complaint), std::string::npos);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Stream, BadCertificateTest,
    testing::Values(BadCertificate{"expired", [](test::Certificates& c) { return c.expired(); }, "expired",
                                   CertificateFault::Time},
                    BadCertificate{"wrong_name", [](test::Certificates& c) { return c.wrong_name(); },
                                   "is not for 127.0.0.1", CertificateFault::WrongName},
                    BadCertificate{"self_signed", [](test::Certificates& c) { return c.self_signed(); },
                                   "self-signed", CertificateFault::SelfSigned}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(StreamTest, ShowsItsClientCertificateAndTheConfiguredName) {
  test::Certificates certificates;
  const auto server = certificates.issue({"api.example", "DNS:api.example"});
  const auto client = certificates.client("picket");
  const RawPeer peer([&](RawConnection& c) {
    if (c.start_tls(server, certificates.ca_file())) c.write(c.server_name() + "\n");
  });
  ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
  TlsConfig config;
  config.ca_file = certificates.ca_file();
  config.cert_file = client.cert;
  config.key_file = client.key;
  config.server_name = "api.example";
  const Result<void> secured = start_tls(config);
  ASSERT_TRUE(secured.has_value()) << secured.error().message;
  EXPECT_EQ(read_until("\n").value(), "api.example\n");
}

TEST_F(StreamTest, HonoursTlsVersions) {
  test::Certificates certificates;
  const auto files = certificates.server();
  const RawPeer peer([&](RawConnection& c) {
    if (c.start_tls(files, "", TLS1_2_VERSION)) c.write("hello\n");
  });
  TlsConfig config;
  config.ca_file = certificates.ca_file();
  ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
  ASSERT_TRUE(start_tls(config).has_value());
  EXPECT_EQ(stream_->tls_facts().version, "TLS 1.2");
  config.min_version = TlsVersion::Tls13;
  stream_ = Stream::create(loop_, resolver_);
  ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
  EXPECT_FALSE(start_tls(config).has_value());
}

TEST_F(StreamTest, NamesTheTlsFileThatIsWrong) {
  const test::TempDir dir;
  test::Certificates certificates;
  const RawPeer peer([](RawConnection& c) { c.read_some(); });
  const std::string junk = dir.write("junk.pem", "no certificate");
  TlsConfig missing_ca;
  missing_ca.ca_file = dir.file("missing.pem");
  TlsConfig junk_ca;
  junk_ca.ca_file = junk;
  TlsConfig wrong_key;
  wrong_key.cert_file = certificates.client("a").cert;
  wrong_key.key_file = certificates.client("b").key;
  for (const TlsConfig& config : {missing_ca, junk_ca, wrong_key}) {
    stream_ = Stream::create(loop_, resolver_);
    ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
    const Result<void> secured = start_tls(config);
    ASSERT_FALSE(secured.has_value());
    EXPECT_EQ(secured.error().kind, ErrorKind::InvalidInput) << secured.error().message;
    EXPECT_NE(secured.error().message.find(".pem"), std::string::npos) << secured.error().message;
  }
}

TEST_F(StreamTest, ATlsHandshakeThatStallsEndsAtTheDeadline) {
  const RawPeer peer([](RawConnection& c) {
    c.write("\x16\x03\x03\x40");  // a record that never comes
    while (!c.read_some().empty()) {
    }
  });
  ASSERT_TRUE(connect("127.0.0.1", peer.port(), 300ms).has_value());
  EXPECT_EQ(start_tls({}).error().kind, ErrorKind::Timeout);
}

TEST_F(StreamTest, CloseAnswersWhatIsUnderWay) {
  const RawPeer peer([](RawConnection& c) { c.read_some(); });
  ASSERT_TRUE(connect("127.0.0.1", peer.port()).has_value());
  std::promise<ErrorKind> promise;
  stream_->read_some(10, [&](const Result<std::string>& result) { promise.set_value(result.error().kind); });
  stream_->close();
  EXPECT_EQ(promise.get_future().get(), ErrorKind::Unavailable);
  EXPECT_EQ(write("x").error().kind, ErrorKind::Unavailable);
}

}  // namespace
}  // namespace picket
