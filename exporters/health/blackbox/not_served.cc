#include "exporters/health/blackbox/not_served.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text/strings.h"

namespace picket::health {
namespace {

using Words = std::span<const std::string_view>;

// The keys of blackbox_exporter 0.28.
constexpr std::array<std::string_view, 7> kHttp{"enable_http3",
                                                "fail_if_body_json_matches_cel",
                                                "fail_if_body_json_not_matches_cel",
                                                "no_proxy",
                                                "oauth2",
                                                "proxy_connect_header",
                                                "proxy_from_environment"};
constexpr std::array<std::string_view, 1> kDns{"dns_over_tls"};
constexpr std::array<std::string_view, 1> kIcmp{"dont_fragment"};
constexpr std::array<std::string_view, 6> kTls{"ca", "ca_ref", "cert", "cert_ref", "key", "key_ref"};
constexpr std::array<std::string_view, 2> kStep{"expect_bytes", "labels"};

/// A key whose other values are not served.
struct Choice {
  std::string_view prober, key;
  std::array<std::string_view, 7> served;
};
constexpr std::array<Choice, 3> kChoices{
    {{"http", "compression", {"gzip", "deflate", "br", "identity"}},
     {"http", "method", {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}},
     {"dns", "query_class", {"IN"}}}};

Words keys_of(std::string_view prober) {
  if (prober == "http") return kHttp;
  if (prober == "dns") return kDns;
  return prober == "icmp" ? Words(kIcmp) : Words();
}

bool is_off(const YamlNode& node) {
  const bool scalar = node.kind == YamlNode::Kind::Scalar;
  return node.kind == YamlNode::Kind::Null || (scalar && (node.scalar == "false" || node.scalar.empty()));
}

void note(const ValueReader& map, const YamlNode::Entry& entry, std::string_view what, Problems& notes) {
  notes.add(entry.key_position, map.value_of(entry).path(), what);
}

void note_keys(const ValueReader& map, Words keys, Problems& notes) {
  for (const YamlNode::Entry& entry : map.node().entries) {
    const bool asked = std::ranges::find(keys, entry.key) != keys.end() && !is_off(entry.value);
    if (asked) note(map, entry, "is not supported", notes);
  }
}

void note_choice(const ValueReader& section, const YamlNode::Entry& entry, std::string_view prober,
                 Problems& notes) {
  if (entry.value.kind != YamlNode::Kind::Scalar || entry.value.scalar.empty()) return;
  for (const Choice& choice : kChoices) {
    if (choice.prober != prober || choice.key != entry.key) continue;
    if (std::ranges::find(choice.served, entry.value.scalar) != choice.served.end()) continue;
    note(section, entry, fmt::format("\"{}\" is not supported", truncate(entry.value.scalar, 60)), notes);
  }
}

/// What stands in the maps below a section.
void note_parts(const ValueReader& section, const YamlNode::Entry& entry, Problems& notes) {
  const ValueReader value = section.value_of(entry);
  if (entry.key == "tls_config") return note_keys(value, kTls, notes);
  if (entry.key != "query_response") return;
  for (std::size_t i = 0; i < value.node().items.size(); ++i) note_keys(value.item_at(i), kStep, notes);
}

}  // namespace

void note_not_served(const ValueReader& section, std::string_view prober, Problems& notes) {
  note_keys(section, keys_of(prober), notes);
  for (const YamlNode::Entry& entry : section.node().entries) {
    note_choice(section, entry, prober, notes);
    note_parts(section, entry, notes);
  }
}

void ignore_switched_off(MapReader& section, std::string_view prober) {
  for (const std::string_view key : keys_of(prober)) section.ignore(key);
}

}  // namespace picket::health
