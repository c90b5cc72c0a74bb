#include "exporters/security/posture/scan_config.h"

#include <algorithm>
#include <set>

#include "base/http/client_url.h"
#include "base/text/strings.h"
#include "exporters/security/posture/check.h"

namespace picket::security {

namespace {

constexpr std::size_t kMaxScans = 200;
constexpr std::size_t kMaxTarget = 256;
constexpr Duration kMinInterval = std::chrono::minutes(1);
constexpr Duration kMaxInterval = std::chrono::hours(24 * 30);
constexpr Duration kMinTimeout = std::chrono::seconds(1);
constexpr Duration kMaxTimeout = std::chrono::minutes(10);

std::vector<Cidr> read_networks(MapReader& r, std::string_view key) {
  std::vector<Cidr> networks;
  std::vector<std::string> texts;
  if (!r.read(key, texts)) return networks;
  for (const std::string& text : texts) {
    const Result<Cidr> network = Cidr::parse(text);
    if (network) {
      networks.push_back(*network);
    } else {
      r.problem(key, network.error().message);
    }
  }
  return networks;
}

void read_addresses(MapReader& r, AddressPolicy& policy) {
  const std::optional<ValueReader> value = r.at("addresses");
  if (!value || !value->is_map()) return;
  MapReader map(*value);
  policy.allow = read_networks(map, "allow");
  for (const Cidr& network : read_networks(map, "deny")) policy.deny.push_back(network);
  map.finish();
}

void read_url(MapReader& r, std::string_view key, std::string& out, std::string_view schemes) {
  if (!r.read(key, out) || out.empty()) return;
  if (out.size() > kMaxTarget) return r.problem(key, "must be at most 256 bytes long");
  const Result<ClientUrl> url = ClientUrl::parse(out, schemes);
  if (!url) return r.problem(key, url.error().message);
  if (!url->user.empty() || !url->password.empty()) return r.problem(key, "must not hold a credential");
  if (out.find_first_of("?#") != std::string::npos) r.problem(key, "must not hold a query or a fragment");
}

void read_times(MapReader& r, ScanConfig& c) {
  if (r.read("interval", c.interval) && (c.interval < kMinInterval || c.interval > kMaxInterval))
    r.problem("interval", "must be between 1m and 30d");
  if (r.read("timeout", c.timeout) && (c.timeout < kMinTimeout || c.timeout > kMaxTimeout))
    return r.problem("timeout", "must be between 1s and 10m");
  if (c.timeout > c.interval) r.problem("timeout", "must not be longer than the interval");
}

}  // namespace

void read_yaml(MapReader& r, TlsPolicy& p) {
  r.read_enum("min_version", p.min_version,
              {{"TLS10", TlsVersion::Tls10},
               {"TLS11", TlsVersion::Tls11},
               {"TLS12", TlsVersion::Tls12},
               {"TLS13", TlsVersion::Tls13}});
  if (r.read("min_rsa_bits", p.min_rsa_bits) && (p.min_rsa_bits < 1024 || p.min_rsa_bits > 16384))
    r.problem("min_rsa_bits", "must be between 1024 and 16384");
  if (r.read("min_ec_bits", p.min_ec_bits) && (p.min_ec_bits < 160 || p.min_ec_bits > 521))
    r.problem("min_ec_bits", "must be between 160 and 521");
  if (r.read("warn_before", p.warn_before) && p.warn_before > std::chrono::hours(24 * 365))
    r.problem("warn_before", "must be at most 365d");
}

void read_yaml(MapReader& r, HeaderPolicy& p) {
  if (r.read("hsts_max_age", p.hsts_max_age) && p.hsts_max_age < std::chrono::seconds(1))
    r.problem("hsts_max_age", "must be at least 1s");
}

void read_yaml(MapReader& r, ExpectedFinding& e) {
  if (r.require("check", e.check) && find_check(e.check) == nullptr)
    r.problem("check", fmt::format("there is no check \"{}\"", truncate(e.check, 60)));
  if (r.require("reason", e.reason) && trim(e.reason).empty()) r.problem("reason", "must not be empty");
  if (e.reason.size() > 300) r.problem("reason", "must be at most 300 bytes long");
}

void read_yaml(MapReader& r, ScanConfig& c) {
  if (!r.has("target")) r.require("target", c.target);
  read_url(r, "target", c.target, "https http");
  if (r.has("target") && c.target.empty()) r.problem("target", "must not be empty");
  read_times(r, c);
  if (r.read("ca_file", c.ca_file) && !c.ca_file.empty()) {
    c.ca_file = resolve_beside(r.context().problems.file(), c.ca_file);
    const Result<std::string> pem = r.context().files.read(c.ca_file, 4_MiB);
    if (!pem) r.problem("ca_file", pem.error().message);
  }
  read_url(r, "http", c.http, "http");
  r.read("tls", c.tls);
  r.read("headers", c.headers);
  r.read("expect", c.expect);
  read_addresses(r, c.addresses);
}

std::string ScanConfig::plain_http_url() const {
  if (!http.empty()) return http;
  const Result<ClientUrl> url = ClientUrl::parse(target);
  if (!url || url->scheme != "https" || url->port != 443) return "";
  return fmt::format("http://{}/",
                     url->host.find(':') == std::string::npos ? url->host : "[" + url->host + "]");
}

std::vector<ScanConfig> read_scans(MapReader& r) {
  std::vector<ScanConfig> scans;
  if (!r.read("scans", scans)) return {};
  if (scans.size() > kMaxScans) r.problem("scans", fmt::format("must be at most {} targets", kMaxScans));
  std::set<std::string> seen;
  for (std::size_t i = 0; i < scans.size(); ++i) {
    const std::string& target = scans[i].target;
    if (!target.empty() && !seen.insert(target).second)
      r.at("scans")->item_at(i).problem(fmt::format("\"{}\" stands twice", target));
  }
  return scans;
}

}  // namespace picket::security
