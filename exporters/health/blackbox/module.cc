#include "exporters/health/blackbox/module.h"

#include <utility>

#include "base/text/bytes.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/health/blackbox/go_duration.h"
#include "exporters/health/blackbox/not_served.h"
#include "exporters/health/probers/target_reading.h"

namespace picket::health {
namespace {

/// preferred_ip_protocol (ip6 is blackbox_exporter's default) and ip_protocol_fallback.
void read_preference(MapReader& r, std::string_view prefix, IpPreference& out) {
  bool v4 = false, fallback = true;
  std::string word;
  if (r.read(std::string(prefix) + "preferred_ip_protocol", word)) {
    v4 = word == "ip4";
    if (word != "ip4" && word != "ip6")
      r.problem(std::string(prefix) + "preferred_ip_protocol", "must be ip4 or ip6");
  }
  r.read("ip_protocol_fallback", fallback);
  if (fallback) {
    out = v4 ? IpPreference::V4First : IpPreference::V6First;
  } else {
    out = v4 ? IpPreference::V4Only : IpPreference::V6Only;
  }
}

struct HeaderRule {
  HeaderExpectation rule;
};
void read_yaml(MapReader& r, HeaderRule& c) {
  r.require("header", c.rule.header);
  std::optional<Regex> regex;
  if (r.require("regexp", regex)) c.rule.regex = std::move(regex);
  r.read("allow_missing", c.rule.allow_missing);
}

void read_header_rules(MapReader& r, std::string_view key, bool fail_on_match,
                       std::vector<HeaderExpectation>& out) {
  std::vector<HeaderRule> rules;
  if (!r.read(key, rules)) return;
  for (HeaderRule& rule : rules) {
    rule.rule.fail_on_match = fail_on_match;
    out.push_back(std::move(rule.rule));
  }
}

/// Whether a field Accept-Encoding lets the coding come: "br, gzip;q=0.9".
bool accepts(std::string_view accept_encoding, std::string_view coding) {
  for (const std::string_view part : split(accept_encoding, ',')) {
    const std::vector<std::string_view> fields = split(part, ';');
    const std::string_view name = trim(fields.front());
    if (!iequals(name, coding) && name != "*") continue;
    const std::string_view quality = fields.size() > 1 ? trim(fields.back()) : "q=1";
    if (quality.starts_with("q=") && parse_double(quality.substr(2)).value_or(0) > 0) return true;
  }
  return false;
}

/// In blackbox_exporter 1KB are 1024 bytes, like 1KiB. 0 is no limit.
void read_body_size_limit(MapReader& r, HttpProbeConfig& c) {
  std::string text;
  if (!r.read("body_size_limit", text)) return;
  const char scale = text.size() > 2 && text.ends_with('B') ? text[text.size() - 2] : '\0';
  const bool decimal = scale >= 'A' && scale <= 'Z';
  if (decimal) text.insert(text.size() - 1, "i");
  const Result<Bytes> limit = parse_bytes(text);
  if (!limit) return r.problem("body_size_limit", limit.error().message);
  if (limit->count > 0) c.body_size_limit = *limit;
}

void read_http_body(MapReader& r, HttpProbeConfig& c) {
  r.read("body", c.body);
  std::string body_file;
  if (r.read("body_file", body_file)) {
    const Result<std::string> body =
        r.context().files.read(resolve_beside(r.context().problems.file(), body_file), 1_MiB);
    if (body) {
      c.body = *body;
    } else {
      r.problem("body_file", body.error().message);
    }
  }
  c.whole_body = true;
  read_body_size_limit(r, c);
  r.read("fail_if_body_matches_regexp", c.body_not_matches);
  r.read("fail_if_body_not_matches_regexp", c.body_matches);
}

/// An Accept-Encoding that does not ask for the coding is a mistake, as in blackbox_exporter.
void read_compression(MapReader& r, HttpProbeConfig& c) {
  const bool read = r.read_enum("compression", c.compression,
                                {{"", std::string()},
                                 {"identity", std::string()},
                                 {"gzip", std::string("gzip")},
                                 {"deflate", std::string("deflate")},
                                 {"br", std::string("br")}});
  const std::string* accepted = c.http.headers.find("Accept-Encoding");
  if (!read || c.compression.empty() || accepted == nullptr || accepted->empty()) return;
  if (accepts(*accepted, c.compression)) return;
  r.problem("compression", fmt::format("is excluded by the header Accept-Encoding: {}", *accepted));
}

void read_http(MapReader& r, HttpProbeConfig& c) {
  std::vector<int> codes;
  if (r.read("valid_status_codes", codes) && !codes.empty()) {
    c.status.clear();
    for (const int code : codes) c.status.push_back({code, code});
  }
  r.read("valid_http_versions", c.versions);
  r.read_enum("method", c.method,
              {{"GET", Method::Get},
               {"HEAD", Method::Head},
               {"POST", Method::Post},
               {"PUT", Method::Put},
               {"DELETE", Method::Delete},
               {"PATCH", Method::Patch},
               {"OPTIONS", Method::Options}});
  read_headers(r, c.http);
  read_yaml(r, c.http);
  bool no_follow = false;
  if (r.read("no_follow_redirects", no_follow) && no_follow) c.http.follow_redirects = false;
  r.read("fail_if_ssl", c.fail_if_tls);
  r.read("fail_if_not_ssl", c.fail_if_not_tls);
  read_header_rules(r, "fail_if_header_matches", true, c.header_rules);
  read_header_rules(r, "fail_if_header_not_matches", false, c.header_rules);
  read_http_body(r, c);
  read_preference(r, "", c.preference);
  read_compression(r, c);
  r.ignore("skip_resolve_phase_with_proxy");
}

void read_tcp(MapReader& r, TcpProbeConfig& c) {
  r.read("query_response", c.dialogue);
  r.read("tls", c.tls);
  r.read("tls_config", c.tls_config);
  read_source(r, "source_ip_address", c.source);
  read_preference(r, "", c.preference);
}

void read_rcodes(MapReader& r, DnsProbeConfig& c) {
  std::vector<std::string> names;
  if (!r.read("valid_rcodes", names) || names.empty()) return;
  c.valid_rcodes.clear();
  for (const std::string& name : names) {
    const std::optional<int> rcode = parse_rcode(name);
    if (rcode) {
      c.valid_rcodes.push_back(*rcode);
    } else {
      r.problem("valid_rcodes", fmt::format("\"{}\" is no DNS response code", name));
    }
  }
}

/// blackbox_exporter's own doing: fail_if_all_match_regexp fails unless every record matches.
void read_rules(MapReader& r, std::string_view key, RecordRules& rules) {
  r.read(key, rules);
  rules.all_must_match = std::exchange(rules.fail_if_all_match, {});
}

void read_dns(MapReader& r, DnsProbeConfig& c) {
  r.require("query_name", c.name);
  std::string type = "ANY";
  r.read("query_type", type);
  const Result<std::uint16_t> number = parse_dns_type(type);
  if (number) {
    c.type = *number;
  } else {
    r.problem("query_type", number.error().message);
  }
  std::string protocol = "udp";
  r.read("transport_protocol", protocol);
  if (protocol != "udp" && protocol != "tcp") r.problem("transport_protocol", "must be udp or tcp");
  c.tcp = protocol == "tcp";
  r.read("recursion_desired", c.recursion_desired);
  read_rcodes(r, c);
  read_rules(r, "validate_answer_rrs", c.answer);
  read_rules(r, "validate_authority_rrs", c.authority);
  read_rules(r, "validate_additional_rrs", c.additional);
  r.ignore("query_class");
  r.ignore("tls_config");
  read_source(r, "source_ip_address", c.source);
  read_preference(r, "", c.preference);
}

void read_icmp(MapReader& r, IcmpProbeConfig& c) {
  c.packets = 1;
  constexpr std::size_t kMostPayload = 65507;  // of an IPv4 packet
  if (r.read("payload_size", c.payload_bytes) && c.payload_bytes > kMostPayload)
    r.problem("payload_size", "must be at most 65507");
  constexpr int kMostHops = 255;
  if (r.read("ttl", c.hop_limit) && (c.hop_limit < 0 || c.hop_limit > kMostHops))
    r.problem("ttl", "must be from 0 to 255");
  read_source(r, "source_ip_address", c.source);
  read_preference(r, "", c.preference);
}

template <class C>
void read_section(MapReader& r, std::string_view key, Module& module, void (*read)(MapReader&, C&)) {
  C settings;
  if constexpr (std::is_same_v<C, IcmpProbeConfig>) settings.packets = 1;
  const std::optional<ValueReader> value = r.at(key);
  if (value && value->is_map()) {
    Problems notes(r.context().problems.file());
    note_not_served(*value, key, notes);
    if (!notes.empty()) {
      module.not_served = notes.error().message;
      return;
    }
    MapReader section(*value);
    ignore_switched_off(section, key);
    read(section, settings);
    section.finish();
  }
  module.settings = std::move(settings);
}

/// Whatever stands below a prober that is not served is not read.
void refuse_prober(MapReader& r, Module& c) {
  Problems notes(r.context().problems.file());
  const ValueReader prober = *r.at("prober");
  notes.add(prober.node().position, prober.path(),
            fmt::format("\"{}\" is not supported; http, tcp, dns and icmp are", c.kind_name));
  c.not_served = notes.error().message;
  r.rest();
}

void read_timeout(MapReader& r, Module& c) {
  std::string text;
  if (!r.read("timeout", text)) return;
  const Result<Duration> timeout = parse_go_duration(text);
  const Result<Duration> in_days = parse_duration(text);  // which Go does not know
  if (timeout || in_days) {
    c.timeout = timeout ? *timeout : *in_days;
  } else {
    r.problem("timeout", timeout.error().message);
  }
}

struct ModuleFile {
  std::map<std::string, Module> modules;
};
void read_yaml(MapReader& r, ModuleFile& c) {
  if (r.require("modules", c.modules) && c.modules.contains(""))
    r.problem("modules", "a module needs a name");
}

}  // namespace

void read_yaml(MapReader& r, Module& c) {
  r.require("prober", c.kind_name);
  read_timeout(r, c);
  if (c.kind_name == "http") {
    c.kind = ModuleKind::Http;
    read_section<HttpProbeConfig>(r, "http", c, read_http);
  } else if (c.kind_name == "tcp") {
    c.kind = ModuleKind::Tcp;
    read_section<TcpProbeConfig>(r, "tcp", c, read_tcp);
  } else if (c.kind_name == "dns") {
    c.kind = ModuleKind::Dns;
    if (!r.has("dns")) r.problem("", "dns with query_name is required");
    read_section<DnsProbeConfig>(r, "dns", c, read_dns);
  } else if (c.kind_name == "icmp") {
    c.kind = ModuleKind::Icmp;
    read_section<IcmpProbeConfig>(r, "icmp", c, read_icmp);
  } else if (!c.kind_name.empty()) {
    refuse_prober(r, c);
  }
}

Modules default_modules() {
  const auto share = [](Module module) { return std::make_shared<const Module>(std::move(module)); };
  HttpProbeConfig get;
  get.whole_body = true;
  HttpProbeConfig post = get;
  post.method = Method::Post;
  TcpProbeConfig tls;
  tls.tls = true;
  IcmpProbeConfig icmp;
  icmp.packets = 1;
  return {
      {"http_2xx", share({.kind = ModuleKind::Http, .kind_name = "http", .settings = std::move(get)})},
      {"http_post_2xx", share({.kind = ModuleKind::Http, .kind_name = "http", .settings = std::move(post)})},
      {"tcp_connect", share({.kind = ModuleKind::Tcp, .kind_name = "tcp", .settings = TcpProbeConfig{}})},
      {"tcp_tls", share({.kind = ModuleKind::Tcp, .kind_name = "tcp", .settings = std::move(tls)})},
      {"icmp", share({.kind = ModuleKind::Icmp, .kind_name = "icmp", .settings = icmp})}};
}

Result<Modules> load_modules(const std::string& file, const Files& files) {
  Result<ModuleFile> read = load_config<ModuleFile>(file, files);
  if (!read) return fail(read);
  Modules modules;
  for (auto& [name, module] : read->modules)
    modules.emplace(name, std::make_shared<const Module>(std::move(module)));
  return modules;
}

std::vector<std::string> notes_of(const Modules& modules) {
  std::vector<std::string> notes;
  for (const auto& [name, module] : modules) {
    for (const std::string_view line : split(module->not_served, '\n')) {
      if (!line.empty()) notes.push_back(fmt::format("{} (module \"{}\" is not served)", line, name));
    }
  }
  return notes;
}

}  // namespace picket::health
