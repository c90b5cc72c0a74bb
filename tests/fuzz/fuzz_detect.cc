// The attack detector on any bytes, as text, as every kind of field and decoded: it must end, stay within its
// memory, find what is there also when it stands among other bytes, and no decoding makes a text longer. The
// first byte chooses text, field or rules.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/detect/detector.h"
#include "base/detect/readings.h"
#include "base/detect/rule_set.h"

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
  const auto matches = detector().scan(text, TextPart::Value);
  check(!has(matches, "out_of_memory"), "hostile text takes the automaton's memory");
  check(has(matches, "too_long") == (text.size() > Detector::kTextMax), "the limit of the text is not kept");
  if (text.size() + 16 > Detector::kTextMax) return;
  check(has(detector().scan(std::string(text) + " <script>", TextPart::Value), "xss_script_element"),
        "text hides an attack");
}

void read_field(std::string_view text) {
  for (const FieldKind kind :
       {FieldKind::Target, FieldKind::Referer, FieldKind::UserAgent, FieldKind::Host, FieldKind::Other}) {
    check(!has(detector().scan_raw(text, kind), "out_of_memory"),
          "a hostile field takes the automaton's memory");
  }
  const std::string once = decode_escapes(text);
  check(once.size() <= text.size(), "decoding makes a text longer");
  const TextShape shape = shape_of(text);
  check(shape.has_escapes || once == text, "an escape is not seen");
  check(shape.has_runs || decode_base64_runs(text).empty(), "a run of base64 is not seen");
  for (const std::string& hidden : decode_base64_runs(text)) {
    check(hidden.size() < text.size(), "base64 makes a text longer");
  }
}

void read_rules(std::string_view text) {
  const auto problems = check_examples(text);
  check(!problems || version_of_rules(text).sha256.size() == 64, "a rule file has no hash");
  const auto rules = parse_attack_rules(text, attack_rules_text());
  if (!rules) return;
  check(rules->size() >= detector().rules().size(), "a file takes built-in rules away");
}

}  // namespace
}  // namespace picket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (bytes[0] % 4 == 1) picket::read_text(text);
  if (bytes[0] % 4 >= 2) picket::read_field(text);
  if (bytes[0] % 4 == 0) picket::read_rules(text);
  return 0;
}
