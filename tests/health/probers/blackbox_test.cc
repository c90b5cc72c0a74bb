// Files of blackbox_exporter, and its verdicts: the exporter itself (Debian's package) is asked the same.
#include <fmt/format.h>

#include "base/text/strings.h"
#include "exporters/health/blackbox/go_duration.h"
#include "exporters/health/blackbox/module.h"
#include "tests/health/probers/prober_fixture.h"
#include "tests/net/dns_peer.h"
#include "tests/support/certificates.h"
#include "tests/support/free_port.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace picket::health {
namespace {

namespace test = picket::test;

constexpr const char* kDebiansFile = "/etc/prometheus/blackbox.yml";

Result<Module> read_module(const std::string& text) {
  const RealFiles files;
  return parse_config<Module>(text, "blackbox.yml", files);
}

TEST(GoDurations, AreReadAsGoReadsThem) {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, double>>{{"5s", 5},
                                                                                  {"1.5s", 1.5},
                                                                                  {"500ms", 0.5},
                                                                                  {"1m30s", 90},
                                                                                  {"30s1m", 90},
                                                                                  {"1h0.5m", 3630},
                                                                                  {"250us", 0.00025},
                                                                                  {"250\u00b5s", 0.00025},
                                                                                  {"0", 0}}) {
    const Result<Duration> parsed = parse_go_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_NEAR(seconds(*parsed), expected, 1e-9) << text;
  }
  for (const char* wrong : {"", "5", "s", "-1s", "1d", "1.5.5s", "5 s", "1e3s", "9999999h"})
    EXPECT_FALSE(parse_go_duration(wrong)) << wrong;
}

TEST(BlackboxModules, AreReadAsBlackboxExporterWritesThem) {
  for (const char* text :
       {"prober: http\ntimeout: 5s\nhttp: {valid_status_codes: [200, 301], method: HEAD, fail_if_not_ssl: "
        "true}\n",
        "prober: tcp\ntimeout: 1.5s\ntcp: {query_response: [{expect: '^220'}, {send: 'EHLO x'}], tls: "
        "false}\n",
        "prober: dns\ndns: {query_name: example.org, validate_answer_rrs: {fail_if_not_matches_regexp: "
        "['A']}}\n",
        "prober: dns\ndns: {query_name: x, query_class: IN, dns_over_tls: false, source_ip_address: "
        "127.0.0.1}\n",
        "prober: icmp\nicmp: {source_ip_address: 127.0.0.1, dont_fragment: false, ttl: 5}\n",
        "prober: http\nhttp: {compression: gzip, headers: {Accept-Encoding: 'br;q=1.0, gzip;q=0.9'}}\n",
        "prober: http\nhttp:\n"}) {
    const Result<Module> module = read_module(text);
    ASSERT_TRUE(module) << text << module.error().message;
    EXPECT_EQ(module->not_served, "") << text;
  }
}

TEST(BlackboxModules, ThatAskForWhatIsNotServedAreNamedWithTheirPlace) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"prober: grpc\ngrpc: {tls: true}\n", "blackbox.yml:1:9: prober: \"grpc\" is not supported"},
      {"prober: unix\n", "blackbox.yml:1:9: prober: \"unix\" is not supported"},
      {"prober: dns\ndns: {query_name: x, dns_over_tls: true}\n", "blackbox.yml:2:22: dns.dns_over_tls"},
      {"prober: dns\ndns: {query_name: x, query_class: CH}\n", "dns.query_class: \"CH\" is not supported"},
      {"prober: icmp\nicmp: {dont_fragment: true}\n", "blackbox.yml:2:8: icmp.dont_fragment"},
      {"prober: http\nhttp:\n  oauth2: {client_id: x}\n", "blackbox.yml:3:3: http.oauth2"},
      {"prober: http\nhttp: {compression: zip}\n", "http.compression: \"zip\" is not supported"},
      {"prober: http\nhttp: {method: PROPFIND}\n", "http.method: \"PROPFIND\" is not supported"},
      {"prober: http\nhttp: {tls_config: {ca: x}}\n", "http.tls_config.ca"},
      {"prober: http\nhttp: {fail_if_body_json_matches_cel: \"body.ok\"}\n", "fail_if_body_json_matches_cel"},
      {"prober: tcp\ntcp: {query_response: [{expect: a, labels: [{name: a, value: b}]}]}\n",
       "tcp.query_response[0].labels"}};
  for (const auto& [text, expected] : cases) {
    const Result<Module> module = read_module(text);
    ASSERT_TRUE(module) << text << module.error().message;
    EXPECT_NE(module->not_served.find(expected), std::string::npos) << text << module->not_served;
  }
}

TEST(BlackboxModules, AMistakeIsAProblemOfTheFile) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"prober: http\nhttp: {valid_status_code: [200]}\n", "did you mean \"valid_status_codes\"?"},
      {"prober: tcp\ntcp: {query_response: [{expect: ':['}]}\n", "must be a regular expression"},
      {"prober: dns\n", "dns with query_name is required"},
      {"prober: icmp\nicmp: {ttl: 256}\n", "blackbox.yml:2:13: icmp.ttl: must be from 0 to 255"},
      {"prober: icmp\nicmp: {ttl: -1}\n", "icmp.ttl"},
      {"prober: icmp\nicmp: {source_ip_address: here}\n", "must be an IP address"},
      {"prober: tcp\ntcp: {source_ip_address: here}\n", "must be an IP address"},
      {"prober: http\ntimeout: soon\n", "blackbox.yml:2:10: timeout: must be a duration"},
      {"prober: http\nhttp: {compression: gzip, headers: {Accept-Encoding: 'br, identity'}}\n",
       "http.compression: is excluded by the header Accept-Encoding"},
      {"prober: http\nhttp: {compression: gzip, headers: {Accept-Encoding: '*;q=0'}}\n", "is excluded"},
      {"prober: http\nhttp: [x]\n", "must be a map"}};
  for (const auto& [text, expected] : cases) {
    const Result<Module> module = read_module(text);
    ASSERT_FALSE(module) << text;
    EXPECT_NE(module.error().message.find(expected), std::string::npos) << text << module.error().message;
  }
}

TEST(BlackboxModules, OfDebiansFileAreServedButForGrpc) {
  const RealFiles files;
  test::find_program("prometheus-blackbox-exporter", "prometheus-blackbox-exporter");
  const Result<Modules> modules = load_modules(kDebiansFile, files);
  ASSERT_TRUE(modules) << modules.error().message;
  std::string refused, served;
  for (const auto& [name, module] : *modules) (module->not_served.empty() ? served : refused) += name + " ";
  EXPECT_EQ(refused, "grpc grpc_plain ");
  EXPECT_EQ(served, "http_2xx http_post_2xx icmp icmp_ttl5 irc_banner pop3s_banner ssh_banner tcp_connect ");
  const std::vector<std::string> notes = notes_of(*modules);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0], std::string(kDebiansFile) +
                          ":19:13: modules.grpc.prober: \"grpc\" is not supported; http, tcp, "
                          "dns and icmp are (module \"grpc\" is not served)");
}

TEST(BlackboxModules, OfDebiansExampleAreAllServed) {
  const RealFiles files;
  const picket::test::TempDir dir;
  const test::Certificates certificates;
  std::string text =
      files.read("/usr/share/doc/prometheus-blackbox-exporter/examples/example.yml", 1_MiB).value();
  const std::string placeholder = "/certs/my_cert.crt";  // names no file of any machine
  text.replace(text.find(placeholder), placeholder.size(), certificates.ca_file());
  const Result<Modules> modules = load_modules(dir.write("example.yml", text), files);
  ASSERT_TRUE(modules) << modules.error().message;
  EXPECT_EQ(modules->size(), 16U);
  EXPECT_EQ(join(notes_of(*modules), "\n"), "");
}

/// Each rule over no record, one and two, as a module each.
std::string every_dns_rule() {
  std::string text = "modules:\n";
  for (const char* rule : {"fail_if_matches_regexp", "fail_if_not_matches_regexp", "fail_if_all_match_regexp",
                           "fail_if_none_matches_regexp"}) {
    for (const char* regexes : {"['0.1$']", "['127']", "['zz']", "['0.1$', '0.2$']", "['0.1$', 'zz']"}) {
      for (const char* name : {"none", "one", "two"}) {
        text += fmt::format(
            "  \"{0} {1} {2}\": {{prober: dns, dns: {{query_name: {0}.example, query_type: A, "
            "preferred_ip_protocol: ip4, validate_answer_rrs: {{{1}: {2}}}}}}}\n",
            name, rule, regexes);
      }
    }
  }
  return text;
}

TEST_F(ProberFixture, DnsRulesJudgeAsBlackboxExporterDoes) {
  test::DnsPeer server;
  server.answer("none.example", {});
  server.answer("one.example", {{IpAddress::v4({127, 0, 0, 1})}});
  server.answer("two.example", {{IpAddress::v4({127, 0, 0, 1}), IpAddress::v4({127, 0, 0, 2})}});
  const test::TempDir dir;
  const std::string file = dir.write("blackbox.yml", every_dns_rule());
  const int port = test::free_port();
  const test::Process peer(
      {test::find_program("prometheus-blackbox-exporter", "prometheus-blackbox-exporter"),
       "--config.file=" + file, fmt::format("--web.listen-address=127.0.0.1:{}", port)});
  const std::string url = fmt::format("http://127.0.0.1:{}", port);
  ASSERT_TRUE(test::wait_until(std::chrono::seconds(20), std::chrono::milliseconds(20), [&] {
    return test::http_get(url + "/-/healthy").status == 200;
  })) << peer.errors();
  const Result<Modules> modules = load_modules(file, files_);
  ASSERT_TRUE(modules) << modules.error().message;
  ASSERT_EQ(modules->size(), 60U);
  for (const auto& [name, module] : *modules) {
    const std::string query = fmt::format("/probe?target={}&module={}", server.endpoint().text(),
                                          replace_all(replace_all(name, " ", "%20"), "$", "%24"));
    const std::string theirs = test::http_get(url + query).body;
    ASSERT_NE(theirs.find("\nprobe_success "), std::string::npos) << name << theirs;
    const auto& config = std::get<DnsProbeConfig>(module->settings);
    DnsProber prober(std::shared_ptr<const DnsProbeConfig>(module, &config), services());
    const ProbeResult ours = run(prober, {server.endpoint().text(), ""});
    EXPECT_EQ(ours.success, theirs.find("\nprobe_success 1") != std::string::npos)
        << name << ": " << ours.detail;
  }
}

TEST_F(ProberFixture, DnsRulesOfHealthYmlMeanWhatTheyAreCalled) {
  test::DnsPeer server;
  server.answer("none.example", {});
  server.answer("two.example", {{IpAddress::v4({127, 0, 0, 1}), IpAddress::v4({127, 0, 0, 2})}});
  const auto outcome = [&](const std::string& name, const std::string& rule) {
    const ProbeResult result =
        probe(fmt::format("{{dns: {{server: \"{}\", name: {}.example, answer: {{{}}}}}}}",
                          server.endpoint().text(), name, rule));
    return result.success ? "ok" : result.detail;
  };
  EXPECT_EQ(outcome("none", "fail_if_not_matches_regexp: [mail]"), "there is no record to match \"mail\"");
  EXPECT_EQ(outcome("none", "fail_if_none_matches_regexp: [mail]"), "no record matches \"mail\"");
  EXPECT_EQ(outcome("none", "fail_if_all_match_regexp: [mail]"), "ok");
  EXPECT_EQ(outcome("two", "fail_if_all_match_regexp: [127]"), "every record matches \"127\"");
  EXPECT_EQ(outcome("two", "fail_if_all_match_regexp: ['0.1$']"), "ok");
}

TEST(HttpSettings, AreReadStrictly) {
  const RealFiles files;
  const auto problem_of = [&](const std::string& yaml) {
    const auto read = parse_config<HttpProbeConfig>("url: http://h/\n" + yaml, "health.yml", files);
    return read ? std::string() : read.error().message;
  };
  EXPECT_EQ(problem_of("max_redirects: 0\nmax_body: 1GiB\nheaders: {X-A: b}"), "");
  for (const auto& [yaml, problem] : std::vector<std::pair<std::string, std::string>>{
           {"max_redirects: -1", "max_redirects: must not be negative"},
           {"max_body: 0", "max_body: must be from 1 byte to 1GiB"},
           {"max_body: 1025MiB", "max_body: must be from 1 byte to 1GiB"},
           {"headers: {X-A: \"a\\r\\nX-B: c\"}", "headers.X-A: must be one line"},
           {"headers: {\"X A\": b}", "headers.X A: is not a header name"},
           {"headers: {content-length: \"5\"}", "headers.content-length: is set by the body"},
           {"headers: {Transfer-Encoding: chunked}", "headers.Transfer-Encoding: is set by the body"}}) {
    EXPECT_NE(problem_of(yaml).find(problem), std::string::npos) << yaml << "\n" << problem_of(yaml);
  }
}

TEST(Modules, AreReadStrictly) {
  const picket::test::TempDir dir;
  const RealFiles files;
  for (const auto& [yaml, problem] : std::vector<std::pair<std::string, std::string>>{
           {"\"\": {prober: http}", "modules: a module needs a name"},
           {"m: {prober: icmp, icmp: {payload_size: 65508}}", "payload_size: must be at most 65507"},
           {"m: {prober: http, http: {headers: {X-A: \"a\\nb\"}}}", "headers.X-A: must be one line"}}) {
    const auto read = load_modules(dir.write("b.yml", "modules: {" + yaml + "}"), files);
    ASSERT_FALSE(read.has_value()) << yaml;
    EXPECT_NE(read.error().message.find(problem), std::string::npos) << read.error().message;
  }
}

}  // namespace
}  // namespace picket::health
