// The http prober and its /probe modules before real peers: what blackbox_exporter takes for an answer is
// one.
#include <fmt/format.h>

#include "base/text/escape.h"
#include "exporters/health/blackbox/probe_endpoint.h"
#include "exporters/health/blackbox/probe_families.h"
#include "tests/health/probers/prober_fixture.h"
#include "tests/support/certificates.h"
#include "tests/support/nginx_server.h"
#include "tests/support/peer_server.h"

namespace picket::health {
namespace {

using test::LocalPeer;
using test::PeerAnswer;
using test::PeerRequest;

std::string ending(const ProbeResult& result) {
  return result.success ? (result.degraded ? "degraded" : "ok") : std::string(to_string(result.reason));
}

struct Probed {
  ProbeResult result;
  std::string metrics;

  /// Of a series without labels; "" when it is not there.
  std::string value(const std::string& name) const {
    const std::size_t at = metrics.find("\n" + name + " ");
    if (at == std::string::npos) return "";
    const std::size_t from = at + name.size() + 2;
    return metrics.substr(from, metrics.find('\n', from) - from);
  }
};

class HttpProbes : public ProberFixture {
 protected:
  /// `http` is what stands under `http:` of a module.
  Probed probe_module(const std::string& http, const std::string& url, const std::string& hostname = "") {
    const Result<Module> read =
        parse_config<Module>("{prober: http, http: {" + http + "}}", "bb.yml", files_);
    if (!read) {
      ADD_FAILURE() << read.error().message;
      return {};
    }
    const auto module = std::make_shared<const Module>(*read);
    HttpProber prober({module, &std::get<HttpProbeConfig>(module->settings)}, services());
    std::promise<ProbeResult> promise;
    prober.probe({url, hostname}, Deadline::after(timers_.clock(), std::chrono::seconds(5)),
                 [&promise](ProbeResult result) { promise.set_value(std::move(result)); });
    const ProbeResult result = promise.get_future().get();
    return {result, probe_metrics(*module, result)};
  }
};

PeerAnswer redirect(const std::string& to) {
  return {302, "", {{"Location", to}}};
}

TEST_F(HttpProbes, TheLastHopCountsForTls) {
  test::Certificates certificates;
  const test::CertificateFiles soon = certificates.issue({.ends = std::chrono::hours(24 * 5)});
  const LocalPeer plain;
  const LocalPeer secure({soon.cert, soon.key}, [&plain](const PeerRequest& request) {
    return request.path == "/down" ? redirect(plain.url("/")) : PeerAnswer{200, "ok"};
  });
  const LocalPeer door([&secure](const PeerRequest&) { return redirect(secure.url("/")); });
  const std::string ca = "tls_config: {ca_file: " + certificates.ca_file() + "}";

  const Probed up = probe_module("fail_if_not_ssl: true, " + ca, door.url("/"));
  EXPECT_TRUE(up.result.success) << up.result.detail;
  EXPECT_EQ(up.value("probe_http_ssl"), "1");
  EXPECT_NE(up.value("probe_ssl_earliest_cert_expiry"), "");
  EXPECT_EQ(ending(probe_module("fail_if_ssl: true, " + ca, door.url("/")).result), "tls");
  EXPECT_EQ(ending(probe("{http: {url: \"" + door.url("/") + "\", " + ca + "}}")), "degraded");

  const Probed down = probe_module("fail_if_ssl: true, " + ca, secure.url("/down"));
  EXPECT_EQ(ending(down.result), "ok") << down.result.detail;
  EXPECT_EQ(down.value("probe_http_ssl"), "0");
  EXPECT_EQ(down.value("probe_ssl_earliest_cert_expiry"), "");
}

TEST_F(HttpProbes, AFailedHandshakeIsNoTls) {
  test::Certificates certificates;
  const test::CertificateFiles expired = certificates.expired();
  const LocalPeer peer({expired.cert, expired.key}, {});
  const Probed probed = probe_module("tls_config: {ca_file: " + certificates.ca_file() + "}", peer.url("/"));
  EXPECT_EQ(ending(probed.result), "cert");
  EXPECT_EQ(probed.value("probe_http_ssl"), "0");
  EXPECT_NE(probed.value("probe_ssl_earliest_cert_expiry"), "") << "an expired certificate shows its end";
}

TEST_F(HttpProbes, TheHostHeaderNamesThePeerForTls) {
  test::Certificates certificates;
  const test::CertificateFiles good =
      certificates.issue({.common_name = "good.example", .names = "DNS:good.example"});
  const test::CertificateFiles other = certificates.server();
  const LocalPeer elsewhere({other.cert, other.key}, {});
  const LocalPeer peer({good.cert, good.key}, [&elsewhere](const PeerRequest& request) {
    const std::string to = fmt::format("https://localhost:{}/", elsewhere.port());
    return request.path == "/away" ? redirect(to) : PeerAnswer{200, "ok"};
  });
  const std::string ca = "tls_config: {ca_file: " + certificates.ca_file() + "}, ";
  for (const char* host : {"good.example", "good.example:8443", "GOOD.example"}) {
    const Probed probed = probe_module(ca + "headers: {host: \"" + host + "\"}", peer.url("/"));
    EXPECT_EQ(ending(probed.result), "ok") << host << ": " << probed.result.detail;
    EXPECT_EQ(peer.requests().back().header("Host"), host);
  }
  EXPECT_EQ(ending(probe_module(ca, peer.url("/"), "good.example").result), "ok");
  EXPECT_EQ(ending(probe_module(ca, peer.url("/"), "good.example:443").result), "ok");
  EXPECT_EQ(ending(probe_module(ca + "headers: {Host: wrong.example}", peer.url("/")).result), "cert");
  EXPECT_EQ(ending(probe_module(ca + "headers: {Host: good.example}", peer.url("/away")).result), "ok")
      << "another host is asked for by its own name";
  EXPECT_EQ(
      ending(probe("{http: {url: \"" + peer.url("/") + "\", " + ca + "headers: {Host: good.example}}}")),
      "ok");
}

TEST_F(HttpProbes, CookiesGoAlongRedirectsOfOneProbe) {
  const LocalPeer stranger;
  const LocalPeer peer([&stranger](const PeerRequest& request) {
    if (request.path == "/set") return PeerAnswer{302, "", {{"Location", "/need"}, {"Set-Cookie", "sid=1"}}};
    if (request.path == "/leave") {
      const std::string to = fmt::format("http://localhost:{}/", stranger.port());
      return PeerAnswer{302, "", {{"Location", to}, {"Set-Cookie", "sid=1"}}};
    }
    return PeerAnswer{request.header("Cookie").find("sid=1") != std::string::npos ? 200 : 403, ""};
  });
  EXPECT_EQ(ending(probe_module("", peer.url("/set")).result), "ok");
  EXPECT_EQ(ending(probe("{http: {url: \"" + peer.url("/set") + "\"}}")), "ok");
  EXPECT_EQ(ending(probe_module("", peer.url("/need")).result), "status") << "each probe has its own cookies";
  EXPECT_EQ(ending(probe_module("headers: {Cookie: own=2}", peer.url("/set")).result), "ok");
  const std::string both = peer.requests("/need").back().header("Cookie");
  EXPECT_NE(both.find("own=2"), std::string::npos) << both;
  EXPECT_NE(both.find("sid=1"), std::string::npos) << both;
  EXPECT_EQ(ending(probe_module("", peer.url("/leave")).result), "ok");
  EXPECT_EQ(stranger.requests().back().header("Cookie"), "") << "of another host";
}

TEST_F(HttpProbes, CodingsThatNobodyAskedForPassThrough) {
  const LocalPeer peer([](const PeerRequest& request) {
    return PeerAnswer{200, "all is well", {{"Content-Encoding", request.path.substr(1)}}};
  });
  for (const char* coding : {"UTF-8", "aws-chunked", "gzip", "none", "br"}) {
    const Probed probed =
        probe_module("fail_if_body_not_matches_regexp: [well]", peer.url(std::string("/") + coding));
    EXPECT_EQ(ending(probed.result), "ok") << coding << ": " << probed.result.detail;
    EXPECT_EQ(peer.requests().back().header("Accept-Encoding"), "");
    const std::string url = peer.url(std::string("/") + coding);
    EXPECT_EQ(ending(probe("{http: {url: \"" + url + "\", body_matches: [well]}}")), "ok") << coding;
  }
}

TEST_F(HttpProbes, TextFarBehindIsSeenAndALimitFails) {
  const LocalPeer peer([](const PeerRequest& request) {
    const std::size_t size = request.path == "/exact" ? 1024 : 2'000'000;
    return PeerAnswer{request.path == "/missing" ? 404 : 200, std::string(size - 6, 'a') + "MARKER"};
  });
  const Probed far = probe_module("fail_if_body_not_matches_regexp: [MARKER]", peer.url("/"));
  EXPECT_EQ(ending(far.result), "ok") << far.result.detail;
  EXPECT_EQ(far.value("probe_http_uncompressed_body_length"), "2000000");
  EXPECT_EQ(ending(probe_module("fail_if_body_matches_regexp: [MARKER]", peer.url("/")).result), "content");
  EXPECT_EQ(ending(probe("{http: {url: \"" + peer.url("/") + "\", body_matches: [MARKER]}}")), "ok");
  EXPECT_EQ(ending(probe("{http: {url: \"" + peer.url("/") + "\", body_not_matches: [x], max_body: 1MiB}}")),
            "content")
      << "what was not read cannot be vouched for";
  EXPECT_EQ(ending(probe("{http: {url: \"" + peer.url("/") + "\", max_body: 1MiB}}")), "ok");

  EXPECT_EQ(probe_module("", peer.url("/")).value("probe_http_uncompressed_body_length"), "2000000");
  const Probed over = probe_module("body_size_limit: 1KB", peer.url("/"));
  EXPECT_EQ(ending(over.result), "content");
  EXPECT_EQ(over.value("probe_http_status_code"), "200");
  EXPECT_EQ(over.value("probe_failed_due_to_regex"), "0");
  for (const char* limit : {"1024B", "1KB", "1KiB", "1024"})  // as blackbox_exporter reads sizes
    EXPECT_EQ(ending(probe_module(fmt::format("body_size_limit: {}", limit), peer.url("/exact")).result),
              "ok")
        << limit;
  EXPECT_EQ(ending(probe_module("body_size_limit: 1023B", peer.url("/exact")).result), "content");
  EXPECT_EQ(ending(probe_module("body_size_limit: 1KB", peer.url("/missing")).result), "status");
}

TEST_F(HttpProbes, ADotMatchesAByteThatIsNoUtf8) {
  const LocalPeer peer([](const PeerRequest&) {
    return PeerAnswer{200,
                      "gr\xf6\xdf"
                      "e"};
  });
  const Probed probed = probe_module("fail_if_body_not_matches_regexp: [\"^gr..e$\"]", peer.url("/"));
  EXPECT_EQ(ending(probed.result), "ok") << probed.result.detail;
}

TEST_F(HttpProbes, AMalformedUrlHasNoStatus) {
  for (const char* url : {"http://127.0.0.1:99999/", "http://", "http://[::1/"}) {
    const Probed probed = probe_module("", url);
    EXPECT_EQ(ending(probed.result), "protocol") << url;
    EXPECT_EQ(probed.value("probe_http_status_code"), "0") << url;
  }
}

TEST_F(HttpProbes, ARefusedRedirectShowsItsStatus) {
  const std::vector<std::string> places = {"/0", "http://[::1/", "http://%ff%fe.example/",
                                           "http://a\xff\xfe/", "ftp://x/"};
  const LocalPeer peer([&places](const PeerRequest& request) {
    return redirect(places.at(std::stoul(request.path.substr(1))));
  });
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Probed probed = probe_module("", peer.url(fmt::format("/{}", i)));
    EXPECT_EQ(ending(probed.result), "protocol") << places[i];
    EXPECT_EQ(probed.value("probe_http_status_code"), "302") << places[i];
    EXPECT_TRUE(is_valid_utf8(probed.result.detail)) << places[i];
  }
}

TEST_F(HttpProbes, AnEmptyLocationLeadsNowhere) {
  const LocalPeer peer([](const PeerRequest&) { return redirect(""); });
  EXPECT_EQ(ending(probe_module("valid_status_codes: [302]", peer.url("/")).result), "ok");
}

TEST_F(HttpProbes, AHostnameThatContradictsTheModuleIsRefused) {
  const LocalPeer peer;
  ProbeEndpoint endpoint([this] { return services(); });
  const Result<Module> module =
      parse_config<Module>("{prober: http, http: {headers: {host: a.example}}}", "bb.yml", files_);
  ASSERT_TRUE(module);
  endpoint.set_modules({{"m", std::make_shared<const Module>(*module)}});
  Router router;
  endpoint.add_routes(router);
  const auto status = [&](const std::string& hostname) {
    Request request;
    request.target = *Target::parse("/probe?module=m&target=" + peer.url("/") + "&hostname=" + hostname);
    std::promise<int> answered;
    router.match(Method::Get, "/probe").route->handler(request, [&answered](const Response& response) {
      answered.set_value(response.status);
    });
    return answered.get_future().get();
  };
  EXPECT_EQ(status("a.example"), 200);
  EXPECT_EQ(status("b.example"), 400);
}

TEST_F(HttpProbes, AMissingHeaderFailsItsRulesUnlessItMayBeMissing) {
  const LocalPeer peer;
  const std::string rule = "[{header: X-Version, regexp: bad";
  for (const char* key : {"fail_if_header_matches: ", "fail_if_header_not_matches: "}) {
    EXPECT_EQ(ending(probe_module(key + rule + "}]", peer.url("/")).result), "content") << key;
    EXPECT_EQ(ending(probe_module(key + rule + ", allow_missing: true}]", peer.url("/")).result), "ok")
        << key;
  }
}

TEST_F(HttpProbes, TheConfiguredCompressionIsWanted) {
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x4b\xcc\xc9\x51\xc8\x2c\x56\x28\x4f\xcd\xc9\x01\x00"
      "\x67\xcd\xc6\x15\x0b\x00\x00\x00",
      31);
  const LocalPeer peer([&packed](const PeerRequest& request) {
    if (request.path == "/plain") return PeerAnswer{200, "all is well", {{"Content-Type", "image/png"}}};
    return PeerAnswer{200, request.path == "/false" ? "all is well" : packed, {{"Content-Encoding", "gzip"}}};
  });
  const std::string module = "compression: gzip, fail_if_body_not_matches_regexp: [well]";
  const Probed probed = probe_module(module, peer.url("/packed"));
  EXPECT_EQ(ending(probed.result), "ok") << probed.result.detail;
  EXPECT_EQ(probed.value("probe_http_uncompressed_body_length"), "11");
  EXPECT_EQ(ending(probe_module(module, peer.url("/plain")).result), "content");
  EXPECT_FALSE(probe_module(module, peer.url("/false")).result.success);
  const auto refused = [this](const std::string& http) {
    return !parse_config<Module>("{prober: http, http: {" + http + "}}", "bb.yml", files_);
  };
  EXPECT_FALSE(refused("compression: gzip, headers: {Accept-Encoding: \"br;q=1.0, gzip;q=0.9\"}"));
  EXPECT_TRUE(refused("compression: gzip, headers: {Accept-Encoding: \"br, identity\"}"));
}

TEST_F(HttpProbes, TheStapledOcspStatusIsSeen) {
  using Ocsp = test::Certificates::Ocsp;
  test::Certificates certificates, stranger;
  const test::CertificateFiles leaf = certificates.server();
  const test::CertificateFiles other = certificates.server();
  const auto served = [&](const std::string& file) {
    return "server { listen 127.0.0.1:@PORT@ ssl; ssl_certificate " + leaf.cert + "; ssl_certificate_key " +
           leaf.key + "; " + (file.empty() ? "" : "ssl_stapling on; ssl_stapling_file " + file + "; ") +
           "location / { return 200; } }";
  };
  const std::vector<std::pair<std::string, OcspStatus>> cases = {
      {certificates.ocsp_response(leaf, Ocsp::Good), OcspStatus::Good},
      {certificates.ocsp_response(leaf, Ocsp::Revoked), OcspStatus::Revoked},
      {certificates.ocsp_response(leaf, Ocsp::Unknown), OcspStatus::Unknown},
      {certificates.ocsp_response(leaf, Ocsp::Stale), OcspStatus::Unavailable},
      {certificates.ocsp_response(other, Ocsp::Good), OcspStatus::Unavailable},
      {stranger.ocsp_response(leaf, Ocsp::Good), OcspStatus::Unavailable},
      {"", OcspStatus::Unavailable}};
  for (const auto& [file, expected] : cases) {
    const test::NginxServer nginx(served(file));
    const std::string ca = "tls_config: {ca_file: " + certificates.ca_file();
    for (const std::string version : {"}", ", max_version: TLS12}"}) {
      const ProbeResult tls =
          probe(fmt::format("{{tls: {{target: \"127.0.0.1:{}\", {}{}}}}}", nginx.port(), ca, version));
      const ProbeResult https =
          probe(fmt::format("{{http: {{url: \"https://127.0.0.1:{}/\", {}{}}}}}", nginx.port(), ca, version));
      for (const ProbeResult& result : {tls, https}) {
        EXPECT_EQ(ending(result), "ok") << result.detail;
        ASSERT_TRUE(result.tls && result.tls->ocsp);
        EXPECT_EQ(*result.tls->ocsp, expected) << file << version;
      }
    }
  }
}

TEST_F(HttpProbes, HostileAnswersEndInAResult) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  std::string many = "[";
  for (int i = 0; i < 300'000; ++i) many += "1,";
  const std::vector<std::string> bodies = {"{\"a\":" + deep + "}",
                                           std::string(100'000, '{'),
                                           "\"\\ud800\"",
                                           std::string("{\"a\":\0}", 7),
                                           "{\"a\":\"\xff\xfe\"}",
                                           "1e999999",
                                           std::string(1'000'000, ','),
                                           many + "1]"};
  const LocalPeer peer([&bodies](const PeerRequest& request) {
    PeerAnswer answer{200, bodies.at(std::stoul(request.path.substr(1)))};
    answer.headers.emplace("Last-Modified", "Mon, 99 Foo 99999999999 99:99:99 GMT");
    answer.headers.emplace("Set-Cookie", std::string(5000, ';'));
    answer.headers.emplace("X-Latin", "\xf6\xdf");
    return answer;
  });
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const std::string url = peer.url(fmt::format("/{}", i));
    const ProbeResult json = probe("{http: {url: \"" + url + "\", json: [{pointer: /a/0/0/0, equals: ok}]}}");
    EXPECT_EQ(ending(json), "content") << i;
    EXPECT_TRUE(is_valid_utf8(json.detail)) << i;
    EXPECT_EQ(json.detail.find("more than 200000 values") != std::string::npos, bodies[i].size() > 500'000)
        << i;
    EXPECT_EQ(ending(probe_module("fail_if_body_matches_regexp: [\"(a+)+$\", \"^(\\\\[*)*x\"], "
                                  "fail_if_header_not_matches: [{header: X-Latin, regexp: ^..$}]",
                                  url)
                         .result),
              "ok")
        << i;
  }
}

}  // namespace
}  // namespace picket::health
