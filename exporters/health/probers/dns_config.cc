// Reading and judging of the dns prober.
#include <algorithm>

#include "base/text/strings.h"
#include "exporters/health/probers/dns_prober.h"
#include "exporters/health/probers/target_reading.h"

namespace picket::health {
namespace {

bool any_matches(const Regex& regex, const std::vector<DnsRecord>& records) {
  return std::ranges::any_of(records, [&](const DnsRecord& record) { return regex.search(record.text); });
}

bool one_matches(const std::vector<Regex>& regexes, const std::vector<DnsRecord>& records) {
  return std::ranges::any_of(regexes, [&](const Regex& regex) { return any_matches(regex, records); });
}

bool all_match(const Regex& regex, const std::vector<DnsRecord>& records) {
  return std::ranges::all_of(records, [&](const DnsRecord& record) { return regex.search(record.text); });
}

/// Why the section is not as one of the regexes wants it, or "".
std::string broken_regex(const RecordRules& rules, const std::vector<DnsRecord>& records) {
  for (const Regex& regex : rules.fail_if_matches) {
    if (any_matches(regex, records)) return fmt::format("a record matches \"{}\"", regex.pattern());
  }
  for (const Regex& regex : rules.fail_if_not_matches) {
    if (!all_match(regex, records)) return fmt::format("a record does not match \"{}\"", regex.pattern());
  }
  for (const Regex& regex : rules.fail_if_all_match) {
    if (!records.empty() && all_match(regex, records))
      return fmt::format("every record matches \"{}\"", regex.pattern());
  }
  for (const Regex& regex : rules.all_must_match) {
    if (!all_match(regex, records)) return fmt::format("not every record matches \"{}\"", regex.pattern());
  }
  return "";
}

/// Why the section is not as wanted, or "".
std::string broken_rule(const RecordRules& rules, const std::vector<DnsRecord>& records) {
  if (records.empty() && !rules.fail_if_not_matches.empty())
    return fmt::format("there is no record to match \"{}\"", rules.fail_if_not_matches.front().pattern());
  if (std::string broken = broken_regex(rules, records); !broken.empty()) return broken;
  if (!rules.fail_if_none_matches.empty() && !one_matches(rules.fail_if_none_matches, records))
    return fmt::format("no record matches \"{}\"", rules.fail_if_none_matches.front().pattern());
  return "";
}

void read_rcodes(MapReader& r, DnsProbeConfig& c) {
  std::vector<std::string> names;
  if (!r.read("valid_rcodes", names)) return;
  c.valid_rcodes.clear();
  for (const std::string& name : names) {
    const std::optional<int> rcode = parse_rcode(name);
    if (!rcode) {
      r.problem("valid_rcodes",
                fmt::format("\"{}\" is no DNS response code such as NOERROR or NXDOMAIN", name));
    } else {
      c.valid_rcodes.push_back(*rcode);
    }
  }
}

/// "192.0.2.53" to "192.0.2.53:53".
std::string with_port(const std::string& server) {
  return HostPort::parse(server) ? server : server + ":53";
}

void read_server(MapReader& r, std::string_view key, std::string& server) {
  server = with_port(server);
  const Result<HostPort> endpoint = HostPort::parse(server);
  if (!endpoint) r.problem(key, endpoint.error().message);
}

/// `server`, or several `servers`.
void read_servers(MapReader& r, DnsProbeConfig& c) {
  constexpr std::size_t kMostServers = 16;
  if (!r.read("servers", c.servers)) {
    if (r.require("server", c.target.address)) read_server(r, "server", c.target.address);
    return;
  }
  if (r.has("server")) r.problem("servers", "must not be given beside server");
  if (c.servers.empty() || c.servers.size() > kMostServers) r.problem("servers", "must be 1 to 16 servers");
  for (std::string& server : c.servers) read_server(r, "servers", server);
  std::vector<std::string> sorted = c.servers;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) r.problem("servers", "must not name one twice");
  c.target.address = join(c.servers, ",");
}

/// The serial of the zone, once a server: an answer to ANY, or one with an authority, may hold several.
void note_serial(const DnsReply& reply, const std::string& server, DnsFacts& facts) {
  for (const auto* section : {&reply.answer, &reply.authority}) {
    for (const DnsRecord& record : *section) {
      if (record.type != static_cast<std::uint16_t>(DnsType::Soa)) continue;
      facts.soa_serials.push_back({server, record.soa_serial});
      return;
    }
  }
}

}  // namespace

std::optional<int> parse_rcode(std::string_view name) {
  constexpr int kMostRcode = 15;
  for (int rcode = 0; rcode <= kMostRcode; ++rcode) {
    if (iequals(rcode_name(rcode), name)) return rcode;
  }
  return std::nullopt;
}

void read_yaml(MapReader& r, RecordRules& c) {
  r.read("fail_if_matches_regexp", c.fail_if_matches);
  r.read("fail_if_not_matches_regexp", c.fail_if_not_matches);
  r.read("fail_if_all_match_regexp", c.fail_if_all_match);
  r.read("fail_if_none_matches_regexp", c.fail_if_none_matches);
}

void read_yaml(MapReader& r, DnsProbeConfig& c) {
  read_servers(r, c);
  r.require("name", c.name);
  if (!encode_question({.name = c.name})) r.problem("name", "must be a DNS name");
  std::string type;
  if (r.read("type", type)) {
    const Result<std::uint16_t> number = parse_dns_type(type);
    if (number) {
      c.type = *number;
    } else {
      r.problem("type", number.error().message);
    }
  }
  r.read("tcp", c.tcp);
  r.read("recursion_desired", c.recursion_desired);
  read_source(r, "source_address", c.source);
  read_rcodes(r, c);
  r.read("expect", c.expect);
  r.read("answer", c.answer);
  r.read("authority", c.authority);
  r.read("additional", c.additional);
}

void judge(const DnsProbeConfig& config, const DnsReply& reply, const std::string& server,
           ProbeResult& result) {
  DnsFacts facts;
  facts.rcode = reply.rcode;
  facts.answer = static_cast<unsigned>(reply.answer.size());
  facts.authority = static_cast<unsigned>(reply.authority.size());
  facts.additional = static_cast<unsigned>(reply.additional.size());
  note_serial(reply, server, facts);
  result.facts = std::move(facts);
  if (std::ranges::find(config.valid_rcodes, reply.rcode) == config.valid_rcodes.end()) {
    return result.fail_with(FailureReason::Status,
                            fmt::format("the server answered {}", rcode_name(reply.rcode)));
  }
  for (const std::string& expected : config.expect) {
    const bool found = std::ranges::any_of(
        reply.answer, [&](const DnsRecord& record) { return record.text.ends_with("\t" + expected); });
    if (!found) return result.fail_with(FailureReason::Content, fmt::format("no answer is {}", expected));
  }
  for (const auto& [rules, records] :
       {std::pair{&config.answer, &reply.answer}, std::pair{&config.authority, &reply.authority},
        std::pair{&config.additional, &reply.additional}}) {
    const std::string why = broken_rule(*rules, *records);
    if (!why.empty()) return result.fail_with(FailureReason::Content, why);
  }
  result.success = true;
}

}  // namespace picket::health
