// What a service reaches, and who reaches it: ports, files of the machine, networks.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <span>

#include "tests/compose/policy_service.h"

namespace picket::test {
namespace {

void check_ports(const Service& s) {
  if (s.name() != "nginx") return s.must(s.find("ports") == nullptr, "publishes a port");
  for (const std::string& port : s.list("ports"))
    s.must(port.starts_with("127.0.0.1:"), "publishes beyond this machine: " + port);
}

bool is_below(const std::string& path, const std::string& folder) {
  const std::string normal = std::filesystem::path(path).lexically_normal().string();
  return normal == path && path.starts_with(folder + "/");
}

/// Files of the machine: what the stack's authors wrote, and its configuration; to read.
bool may_mount(const Service& s, const std::string& volume, const std::string& source) {
  const StackPlaces& places = s.places();
  if (s.name() == "prepare" && volume == places.files + "/secrets:/secrets:rw")
    return true;  // gives their group
  if (s.name() == "node_exporter" && volume == "/:/host:ro,rslave") return true;
  const std::string secrets = places.files + "/secrets";
  if (!volume.ends_with(":ro") || is_below(source + "/", secrets) || is_below(secrets, source)) return false;
  return is_below(source, places.checkout + "/compose") ||
         is_below(source, places.checkout + "/dashboards") || is_below(source, places.files + "/config");
}

void check_mounts(const Service& s) {
  for (const std::string& volume : s.list("volumes")) {
    const std::size_t colon = volume.find(':');
    s.must(colon != std::string::npos, "an anonymous volume: " + volume);
    const bool named = volume.find_first_of("/.~$") != 0;
    s.must(named || may_mount(s, volume, volume.substr(0, colon)), "mounts of the machine " + volume);
  }
}

/// Who is on the networks that lead somewhere.
struct Members {
  std::string_view network;
  std::span<const std::string_view> services;
};
constexpr std::array<std::string_view, 1> kEdge{"nginx"};
constexpr std::array<std::string_view, 7> kOutside{
    "authd",  "authd_standby",     "health_exporter",  "business_exporter",
    "alertd", "security_exporter", "blackbox_exporter"};
constexpr std::array<std::string_view, 7> kData{"authd", "authd_standby",     "health_exporter", "postgres",
                                                "redis", "postgres_exporter", "redis_exporter"};
constexpr std::array<Members, 3> kMembers{{{"edge", kEdge}, {"outside", kOutside}, {"data", kData}}};

void check_networks(const Service& s) {
  const YamlNode* networks = s.find("networks");
  const std::string mode = s.text("network_mode");
  s.must(mode.empty() || mode == "none", "network_mode is not none");
  s.must(mode == "none" || (networks != nullptr && !networks->entries.empty()), "is on the default network");
  s.must(s.name() != "prepare" || (mode == "none" && networks == nullptr), "has a network");
  if (networks == nullptr) return;
  for (const YamlNode::Entry& entry : networks->entries) {
    s.must(entry.key != "default", "is on the default network");
    for (const Members& members : kMembers) {
      const bool may = std::ranges::find(members.services, s.name()) != members.services.end();
      s.must(entry.key != members.network || may, fmt::format("is on the network {}", entry.key));
    }
  }
}

}  // namespace

void check_reach(const Service& s) {
  check_ports(s);
  check_mounts(s);
  check_networks(s);
}

}  // namespace picket::test
