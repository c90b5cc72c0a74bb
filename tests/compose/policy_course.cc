// How a service starts, tells that it is well, and logs.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text/regex.h"
#include "base/text/strings.h"
#include "tests/compose/policy_service.h"

namespace picket::test {
namespace {

void check_image(const Service& s) {
  static const Regex version = Regex::compile("[^:@]+:v?[0-9]+\\.[0-9]+[A-Za-z0-9.-]*").value();
  s.must(version.full_match(s.text("image")), "image has no version");
}

void check_logging(const Service& s) {
  static const Regex size = Regex::compile("[1-9][0-9]*[km]").value();
  static const Regex number = Regex::compile("[1-9][0-9]?").value();
  const YamlNode* logging = s.find("logging");
  const auto at = [&](const YamlNode* node, std::string_view key) {
    const YamlNode* value = node == nullptr ? nullptr : node->find(key);
    return value == nullptr ? "" : value->scalar;
  };
  const YamlNode* options = logging == nullptr ? nullptr : logging->find("options");
  s.must(at(logging, "driver") == "json-file" && size.full_match(at(options, "max-size")) &&
             number.full_match(at(options, "max-file")),
         "its log is not rotated");
}

/// Ends in a command that cannot fail.
bool says_yes_always(std::span<const std::string> words) {
  static const Regex yes =
      Regex::compile("(^|[;&|(\"]| -c )\\s*(\\S*/)?(true|:|exit|exit 0|echo( .*)?)[\\s)\"]*$").value();
  return yes.search(join(words, " "));
}

void check_health(const Service& s) {
  const YamlNode* check = s.find("healthcheck");
  const YamlNode* test = check == nullptr ? nullptr : check->find("test");
  std::vector<std::string> words;
  for (const YamlNode& word : test == nullptr ? std::vector<YamlNode>{} : test->items)
    words.push_back(word.scalar);
  if (s.name() == "prepare")
    return s.must(words == std::vector<std::string>{"NONE"}, "ends and has a health check");
  const bool asks = words.size() > 1 && words.front().starts_with("CMD");
  s.must(asks, "no health check");
  if (!asks) return;
  s.must(!says_yes_always(std::span(words).subspan(1)), "its health check cannot fail");
  s.must(s.program().empty() || (words.size() > 2 && words[0] == "CMD" && words[1] == s.program() &&
                                 words[2] == "--healthcheck"),
         "does not ask itself (--healthcheck)");
}

void check_start(const Service& s) {
  const std::string wanted = s.name() == "prepare" ? "no" : "unless-stopped";
  s.must(s.text("restart") == wanted, "restart is not " + wanted);
  const YamlNode* on = s.find("depends_on");
  const bool waits =
      on == nullptr || (on->items.empty() && std::ranges::all_of(on->entries, [](const auto& e) {
                          const YamlNode* condition = e.value.find("condition");
                          return condition != nullptr && condition->scalar != "service_started";
                        }));
  s.must(waits, "starts before what it depends on is healthy");
}

// At SIGTERM PostgreSQL waits for its clients, which stay connected, and is killed at the end of the grace period.
void check_stop(const Service& s) {
  if (s.name() == "postgres") s.must(s.text("stop_signal") == "SIGINT", "waits for its clients to stop");
}

}  // namespace

void check_course(const Service& s) {
  check_image(s);
  check_logging(s);
  check_health(s);
  check_start(s);
  check_stop(s);
}

}  // namespace picket::test
