// A service of the merged files, as the policy looks at it: what it has, and where findings go. The checks are
// in the files policy_*.cc, by what they are about. Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/config/yaml.h"
#include "tests/compose/policy.h"

namespace picket::test {

class Service {
 public:
  Service(const std::string& name, const YamlNode& node, const StackPlaces& places,
          std::vector<std::string>& findings)
      : name_(name), node_(node), places_(places), findings_(findings) {}

  const std::string& name() const { return name_; }
  const YamlNode& node() const { return node_; }
  const StackPlaces& places() const { return places_; }
  const YamlNode* find(std::string_view key) const { return node_.find(key); }
  /// "" when it is not there.
  std::string text(std::string_view key) const;
  /// Items of a sequence; none when it is not there.
  std::vector<std::string> list(std::string_view key) const;
  /// Of the image "picket/authd:0.1.0": "authd". "" when it is not ours.
  std::string program() const;
  void must(bool holds, std::string_view what) const;

 private:
  const std::string& name_;
  const YamlNode& node_;
  const StackPlaces& places_;
  std::vector<std::string>& findings_;
};

void check_keys(const Service& service);
void check_rights(const Service& service);
void check_limits(const Service& service);
void check_course(const Service& service);  ///< image, health, log, order of starts
void check_reach(const Service& service);   ///< ports, volumes, networks
void check_texts(const Service& service);   ///< no secret in any of them

}  // namespace picket::test
