#include "tests/compose/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "tests/compose/policy_service.h"

namespace picket::test {
namespace {

constexpr std::array<std::string_view, 5> kSections{"version", "services", "networks", "volumes", "secrets"};

void check_sections(const YamlNode& merged, std::vector<std::string>& findings) {
  for (const YamlNode::Entry& entry : merged.entries) {
    if (std::ranges::find(kSections, entry.key) == kSections.end())
      findings.push_back(fmt::format("section {}: is not known to this policy", entry.key));
  }
  for (const std::string_view name : {"services", "networks", "secrets"}) {
    if (merged.find(name) == nullptr) findings.push_back(fmt::format("no {}", name));
  }
}

std::span<const YamlNode::Entry> entries_of(const YamlNode& merged, std::string_view section) {
  const YamlNode* node = merged.find(section);
  if (node == nullptr) return {};
  return node->entries;
}

void check_networks_of_all(const YamlNode& merged, std::vector<std::string>& findings) {
  for (const auto& [name, position, network] : entries_of(merged, "networks")) {
    for (const YamlNode::Entry& option : network.entries) {
      if (option.key != "internal" && option.key != "ipam")
        findings.push_back(fmt::format("network {}: has {}", name, option.key));
    }
    if (name == "edge" || name == "outside") continue;
    const YamlNode* internal = network.find("internal");
    if (internal == nullptr || internal->scalar != "true")
      findings.push_back("network " + name + ": is not internal");
  }
}

// A driver's options make a mount of any folder out of one; an external one is nobody knows whose.
void check_volumes_of_all(const YamlNode& merged, std::vector<std::string>& findings) {
  for (const auto& [name, position, volume] : entries_of(merged, "volumes")) {
    if (!volume.entries.empty() || !volume.items.empty() || !volume.scalar.empty())
      findings.push_back("volume " + name + ": is more than a name");
  }
}

void check_secrets_of_all(const YamlNode& merged, const StackPlaces& places,
                          std::vector<std::string>& findings) {
  for (const auto& [name, position, secret] : entries_of(merged, "secrets")) {
    const YamlNode* file = secret.find("file");
    if (secret.entries.size() != 1 || file == nullptr || file->scalar != places.files + "/secrets/" + name)
      findings.push_back("secret " + name + ": is no file of its name in secrets/");
  }
}

}  // namespace

std::vector<std::string> policy_findings(const YamlNode& merged, const StackPlaces& places) {
  std::vector<std::string> findings;
  check_sections(merged, findings);
  for (const auto& [name, position, node] : entries_of(merged, "services")) {
    const Service service(name, node, places, findings);
    for (const auto check : {check_keys, check_rights, check_limits, check_course, check_reach, check_texts})
      check(service);
  }
  check_networks_of_all(merged, findings);
  check_volumes_of_all(merged, findings);
  check_secrets_of_all(merged, places, findings);
  return findings;
}

}  // namespace picket::test
