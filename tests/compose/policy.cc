#include "tests/compose/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <set>
#include <string_view>

#include "base/text/strings.h"

namespace picket::test {
namespace {

constexpr std::string_view kSecretsGroup = "65532";

struct Exception {
  std::string_view service, rule, reason;
};
constexpr std::array<Exception, 5> kExceptions{{
    {"prepare", "user", "gives secrets and volumes to their users, without a network, and ends"},
    {"prepare", "cap_add", "CHOWN for that, DAC_READ_SEARCH for a folder that is the operator's alone"},
    {"prepare", "healthcheck", "ends at once"},
    {"prepare", "volumes", "changes the group of the secrets"},
    {"node_exporter", "pid", "counts the processes of the machine"},
}};

class Service {
 public:
  Service(const std::string& name, const YamlNode& node, std::vector<std::string>& findings)
      : name_(name), node_(node), findings_(findings) {}

  const std::string& name() const { return name_; }
  const YamlNode* find(std::string_view key) const { return node_.find(key); }
  std::string text(std::string_view key) const {
    const YamlNode* value = node_.find(key);
    return value == nullptr ? "" : value->scalar;
  }
  std::vector<std::string> list(std::string_view key) const {
    std::vector<std::string> out;
    if (const YamlNode* value = node_.find(key); value != nullptr) {
      for (const YamlNode& item : value->items) out.push_back(item.scalar);
    }
    return out;
  }
  bool has(std::string_view key, std::string_view item) const {
    const std::vector<std::string> items = list(key);
    return std::ranges::find(items, item) != items.end();
  }
  void must(bool holds, std::string_view rule, std::string_view what) const {
    const auto excepts = [&](const Exception& e) { return e.service == name_ && e.rule == rule; };
    if (!holds && std::ranges::none_of(kExceptions, excepts))
      findings_.push_back(fmt::format("{}: {}", name_, what));
  }

 private:
  const std::string& name_;
  const YamlNode& node_;
  std::vector<std::string>& findings_;
};

void check_image(const Service& s) {
  static const std::regex version("[^:@]+:v?[0-9]+\\.[0-9]+[A-Za-z0-9.-]*");
  s.must(std::regex_match(s.text("image"), version), "image", "image has no version");
}

void check_rights(const Service& s) {
  static const std::regex user("[1-9][0-9]*:[1-9][0-9]*");
  s.must(std::regex_match(s.text("user"), user), "user", "user is not a number other than 0");
  s.must(s.text("read_only") == "true", "read_only", "read_only is not true");
  s.must(s.has("cap_drop", "ALL"), "cap_drop", "cap_drop is not ALL");
  s.must(s.list("cap_add").empty(), "cap_add", "cap_add");
  s.must(s.has("security_opt", "no-new-privileges:true"), "security_opt", "no-new-privileges is not set");
  s.must(s.text("privileged").empty(), "privileged", "privileged");
  s.must(s.find("devices") == nullptr, "devices", "devices");
  for (const std::string_view key : {"pid", "ipc", "userns_mode"})
    s.must(s.text(key).empty(), key, fmt::format("{} is {}", key, s.text(key)));
  s.must(s.text("network_mode").empty() || s.text("network_mode") == "none", "network_mode",
         "network_mode is the machine's");
}

void check_limits(const Service& s) {
  static const std::regex memory("[1-9][0-9]*[mg]"), cpus("[0-9]+\\.[0-9]+"), number("[1-9][0-9]*");
  s.must(std::regex_match(s.text("mem_limit"), memory), "mem_limit", "no mem_limit");
  s.must(std::regex_match(s.text("cpus"), cpus), "cpus", "no cpus");
  s.must(std::regex_match(s.text("pids_limit"), number), "pids_limit", "no pids_limit");
  for (const std::string& entry : s.list("tmpfs"))
    s.must(entry.find("size=") != std::string::npos, "tmpfs", "a tmpfs without a size");
}

void check_logging(const Service& s) {
  const YamlNode* logging = s.find("logging");
  const YamlNode* options = logging == nullptr ? nullptr : logging->find("options");
  const auto has = [&](std::string_view key) {
    return options != nullptr && options->find(key) != nullptr && !options->find(key)->scalar.empty();
  };
  s.must(has("max-size") && has("max-file"), "logging", "its log is not rotated");
}

void check_health(const Service& s) {
  const YamlNode* check = s.find("healthcheck");
  const YamlNode* test = check == nullptr ? nullptr : check->find("test");
  const bool asks = test != nullptr && !test->items.empty() && test->items.front().scalar != "NONE";
  s.must(asks, "healthcheck", "no health check");
  if (!asks || !s.text("image").starts_with("picket/")) return;
  const auto itself = [](const YamlNode& word) { return word.scalar == "--healthcheck"; };
  s.must(std::ranges::any_of(test->items, itself), "healthcheck", "does not ask itself (--healthcheck)");
}

void check_start(const Service& s) {
  const std::string wanted = s.name() == "prepare" ? "no" : "unless-stopped";
  s.must(s.text("restart") == wanted, "restart", "restart is not " + wanted);
  if (s.name() == "prepare") return;
  const YamlNode* on = s.find("depends_on");
  const bool waits = on != nullptr && std::ranges::all_of(on->entries, [](const YamlNode::Entry& entry) {
                       const YamlNode* condition = entry.value.find("condition");
                       return condition != nullptr && condition->scalar != "service_started";
                     });
  s.must(on == nullptr || waits, "depends_on", "starts before what it depends on is healthy");
}

void check_ports(const Service& s) {
  if (s.name() != "nginx") return s.must(s.find("ports") == nullptr, "ports", "publishes a port");
  for (const std::string& port : s.list("ports"))
    s.must(port.starts_with("127.0.0.1:"), "ports", "publishes beyond this machine: " + port);
}

void check_volumes(const Service& s) {
  for (const std::string& volume : s.list("volumes")) {
    const std::size_t colon = volume.find(':');
    if (colon == std::string::npos) {
      s.must(false, "anonymous", "an anonymous volume: " + volume);
      continue;
    }
    const bool of_machine = volume.starts_with("/") || volume.starts_with(".");
    const bool reads = volume.ends_with(":ro") || volume.find(":ro,") != std::string::npos;
    s.must(!of_machine || reads, "volumes", "writes to the machine: " + volume);
    s.must(volume.find("docker.sock") == std::string::npos, "docker.sock", "reaches the container engine");
  }
}

bool sounds_secret(const std::string& key) {
  static const std::regex words("(^|_)(PASSWORD|PASS|PASSWD|SECRET|TOKEN|KEY|KEYS|CREDENTIALS)(_|$)");
  return std::regex_search(key, words);
}

void check_environment(const Service& s) {
  static const std::regex with_password("://[^/@ ]*:[^/@ ]+@");
  const YamlNode* environment = s.find("environment");
  for (const YamlNode::Entry& entry :
       environment == nullptr ? std::vector<YamlNode::Entry>{} : environment->entries) {
    const std::string& value = entry.value.scalar;
    s.must(!sounds_secret(entry.key) || value.starts_with("/run/secrets/"), "environment",
           "a secret in the environment: " + entry.key);
    s.must(!std::regex_search(value, with_password), "environment", "a password in " + entry.key);
  }
  for (const std::string& word : s.list("command")) {
    s.must(!std::regex_search(word, with_password), "command", "a password in its command");
  }
}

void check_secrets(const Service& s) {
  if (s.find("secrets") == nullptr) return;
  s.must(s.has("group_add", kSecretsGroup), "group_add", "is not in the group that reads secrets");
}

std::set<std::string> networks_of(const Service& s) {
  std::set<std::string> names;
  const YamlNode* networks = s.find("networks");
  if (networks == nullptr) return s.text("network_mode") == "none" ? names : std::set<std::string>{"default"};
  for (const YamlNode::Entry& entry : networks->entries) names.insert(entry.key);
  return names;
}

void check_networks(const Service& s) {
  const std::set<std::string> names = networks_of(s);
  s.must(!names.contains("default"), "networks", "is on the default network");
  s.must(names.contains("edge") == (s.name() == "nginx"), "networks", "nginx alone is on the network edge");
  for (const std::string_view inside : {"postgres", "redis", "prometheus", "grafana"})
    s.must(s.name() != inside || !names.contains("outside"), "networks", "has a way out");
}

void check_internal(const YamlNode& merged, std::vector<std::string>& findings) {
  const YamlNode* networks = merged.find("networks");
  if (networks == nullptr) {
    findings.emplace_back("no networks");
    return;
  }
  for (const YamlNode::Entry& entry : networks->entries) {
    if (entry.key == "edge" || entry.key == "outside") continue;
    const YamlNode* internal = entry.value.find("internal");
    if (internal == nullptr || internal->scalar != "true")
      findings.push_back("network " + entry.key + ": is not internal");
  }
}

void check_secret_files(const YamlNode& merged, std::vector<std::string>& findings) {
  const YamlNode* secrets = merged.find("secrets");
  if (secrets == nullptr) {
    findings.emplace_back("no secrets");
    return;
  }
  for (const YamlNode::Entry& entry : secrets->entries) {
    const YamlNode* file = entry.value.find("file");
    if (file == nullptr || !file->scalar.ends_with("/secrets/" + entry.key))
      findings.push_back("secret " + entry.key + ": is no file of its name in secrets/");
  }
}

}  // namespace

std::vector<std::string> policy_findings(const YamlNode& merged) {
  std::vector<std::string> findings;
  const YamlNode* services = merged.find("services");
  if (services == nullptr) return {"no services"};
  for (const YamlNode::Entry& entry : services->entries) {
    const Service service(entry.key, entry.value, findings);
    for (const auto check :
         {check_image, check_rights, check_limits, check_logging, check_health, check_start, check_ports,
          check_volumes, check_environment, check_secrets, check_networks})
      check(service);
  }
  check_internal(merged, findings);
  check_secret_files(merged, findings);
  return findings;
}

}  // namespace picket::test
