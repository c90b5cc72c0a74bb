// What a service may do, and how much of the machine it may take.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/text/regex.h"
#include "base/text/strings.h"
#include "tests/compose/policy_service.h"

namespace picket::test {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kSecretsGroup = "65532";
constexpr std::array<std::string_view, 24> kKeys{
    "build",        "cap_drop",     "command",           "cpus",  "depends_on", "entrypoint",
    "environment",  "group_add",    "healthcheck",       "image", "logging",    "mem_limit",
    "network_mode", "networks",     "pids_limit",        "ports", "read_only",  "restart",
    "secrets",      "security_opt", "stop_grace_period", "tmpfs", "user",       "volumes"};

/// Keys that one service alone has.
struct Own {
  std::string_view service, key;
};
constexpr std::array<Own, 6> kOwn{{
    {"prepare", "cap_add"},    // gives secrets and volumes to their users, and ends
    {"nginx", "extra_hosts"},  // the addresses of what is away
    {"nginx", "sysctls"},      // ports below 1024 without a capability
    {"node_exporter", "pid"},  // counts the processes of the machine
    {"postgres", "shm_size"},
    {"postgres", "stop_signal"},
}};

/// The maps of a service whose keys are looked at as well.
void check_keys_below(const Service& s, std::string_view key, std::span<const std::string_view> known) {
  const YamlNode* node = s.find(key);
  if (node == nullptr) return;
  for (const YamlNode::Entry& entry : node->entries)
    s.must(std::ranges::find(known, entry.key) != known.end(), fmt::format("has {}.{}", key, entry.key));
}

void check_build(const Service& s) {
  constexpr std::array<std::string_view, 4> known{"args", "context", "dockerfile", "target"};
  check_keys_below(s, "build", known);
  const YamlNode* build = s.find("build");
  const YamlNode* context = build == nullptr ? nullptr : build->find("context");
  s.must(build == nullptr || (context != nullptr && context->scalar == s.places().checkout),
         "is built from something else than the checkout");
}

void check_tmpfs(const Service& s) {
  static const Regex size = Regex::compile("size=[1-9][0-9]*[km]").value();
  static const Regex more = Regex::compile("exec|suid|dev").value();
  for (const std::string& entry : s.list("tmpfs")) {
    const std::string options = entry.substr(std::min(entry.find(':'), entry.size() - 1) + 1);
    bool limited = false, safe = true;
    for (const std::string_view word : split(options, ',')) {
      const std::string option(word);
      limited = limited || size.full_match(option);
      safe = safe && !more.full_match(option);
    }
    s.must(limited, "a tmpfs without a size");
    s.must(safe, "a tmpfs from which programs run");
  }
}

}  // namespace

// What stands nowhere above is refused, whatever it does: privileged, devices, ipc, env_file.
void check_keys(const Service& s) {
  for (const YamlNode::Entry& entry : s.node().entries) {
    const bool own =
        std::ranges::any_of(kOwn, [&](const Own& o) { return o.service == s.name() && o.key == entry.key; });
    s.must(own || std::ranges::find(kKeys, entry.key) != kKeys.end(), "has " + entry.key);
  }
  check_build(s);
}

void check_rights(const Service& s) {
  static const Regex user = Regex::compile("[1-9][0-9]*:[1-9][0-9]*").value();
  const bool prepares = s.name() == "prepare";
  s.must(prepares ? s.text("user") == "0:0" : user.full_match(s.text("user")),
         "user is not a number other than 0");
  s.must(s.text("read_only") == "true", "read_only is not true");
  s.must(s.list("cap_drop") == Words{"ALL"}, "cap_drop is not ALL");
  s.must(s.list("cap_add") == (prepares ? Words{"CHOWN", "DAC_READ_SEARCH"} : Words{}), "cap_add");
  s.must(s.list("security_opt") == Words{"no-new-privileges:true"},
         "security_opt is not no-new-privileges alone");
  s.must(std::ranges::all_of(s.list("group_add"), [](const std::string& g) { return g == kSecretsGroup; }),
         "is in a group beside that of the secrets");
  s.must(s.find("secrets") == nullptr || !s.list("group_add").empty(),
         "is not in the group that reads secrets");
  s.must(s.text("pid").empty() || s.text("pid") == "host", "pid is another service's");
  const YamlNode* sysctls = s.find("sysctls");
  s.must(sysctls == nullptr || (sysctls->entries.size() == 1 &&
                                sysctls->entries.front().key == "net.ipv4.ip_unprivileged_port_start"),
         "sysctls are more than the one");
}

void check_limits(const Service& s) {
  static const Regex memory = Regex::compile("[1-9][0-9]*[mg]").value();
  static const Regex cpus = Regex::compile("[0-9]+(\\.[0-9]+)?").value();
  static const Regex number = Regex::compile("[1-9][0-9]*").value();
  static const Regex nothing = Regex::compile("0*(\\.0*)?").value();
  s.must(memory.full_match(s.text("mem_limit")), "no mem_limit");
  s.must(cpus.full_match(s.text("cpus")) && !nothing.full_match(s.text("cpus")), "no cpus");
  s.must(number.full_match(s.text("pids_limit")), "no pids_limit");
  check_tmpfs(s);
}

}  // namespace picket::test
