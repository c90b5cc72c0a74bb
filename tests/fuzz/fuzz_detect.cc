// The attack detector on any bytes: it must end, stay within its memory, find the same in what is scanned
// again, and find what is there also when it stands among other bytes. The first byte chooses text or rules.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/detect/detector.h"

namespace picket {
namespace {

const Detector& detector() {
  static const Detector kDetector = Detector::built_in().value();
  return kDetector;
}

bool has(const std::vector<AttackMatch>& matches, std::string_view rule) {
  return std::ranges::any_of(matches, [rule](const AttackMatch& match) { return match.rule == rule; });
}

void read_text(std::string_view text) {
  const auto matches = detector().scan(text);
  check(!has(matches, "out_of_memory"), "hostile text takes the automaton's memory");
  check(has(matches, "too_long") == (text.size() > Detector::kTextMax), "the limit of the text is not kept");
  if (text.size() + 16 > Detector::kTextMax) return;
  check(has(detector().scan(std::string(text) + " <script>"), "xss_script_element"), "text hides an attack");
}

void read_rules(std::string_view text) {
  const auto rules = parse_attack_rules(text, attack_rules_text());
  if (!rules) return;
  check(rules->size() >= detector().rules().size(), "a file takes built-in rules away");
}

}  // namespace
}  // namespace picket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (bytes[0] % 4 != 0) picket::read_text(text);
  if (bytes[0] % 4 == 0) picket::read_rules(text);
  return 0;
}
