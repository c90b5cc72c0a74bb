// How much the built-in rules find of attack_fields.txt, and of harmless_fields.txt, class by class.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>

#include "base/detect/detector.h"
#include "tests/support/field_lines.h"

namespace picket {
namespace {

const Detector& all_rules() {
  static const Detector built_in = Detector::built_in().value();
  return built_in;
}

struct Share {
  int all = 0;
  int found = 0;
  int of_class = 0;  ///< found under the very class

  double percent() const { return all == 0 ? 100 : 100.0 * found / all; }
};

/// One row of the table of half 0 (known to whoever writes the rules) or 1 (held back).
using Table = std::map<std::string, std::array<Share, 2>>;

Table detection(const std::string& file) {
  Table table;
  std::map<std::string, int> number;
  for (const FieldLine& line : field_lines(file)) {
    const auto half = static_cast<std::size_t>(number[line.kind]++ % 2);
    const auto matches = all_rules().scan_raw(line.field, line.where);
    const auto is_class = [&line](const AttackMatch& match) {
      const std::string_view kind = to_string(match.kind);
      return kind == line.kind || (line.kind == "scanner" && kind.starts_with("scanner"));
    };
    for (const std::string& row : {line.kind, std::string("all")}) {
      Share& share = table[row].at(half);
      ++share.all;
      share.found += matches.empty() ? 0 : 1;
      share.of_class += std::ranges::any_of(matches, is_class) ? 1 : 0;
    }
    if (matches.empty() && half == 0) std::printf("missed: %s: %s\n", line.kind.c_str(), line.line.c_str());
  }
  return table;
}

void print(const Table& table) {
  for (const auto& [kind, halves] : table) {
    std::printf("%-20s", kind.c_str());
    for (const Share& half : halves) {
      std::printf("  %4d of %4d (%5.1f %%), %4d by class", half.found, half.all, half.percent(),
                  half.of_class);
    }
    std::printf("\n");
  }
}

TEST(Detection, FindsAttacksOfEveryClass) {
  const Table table = detection("attack_fields.txt");
  print(table);
  EXPECT_GE(table.size(), 19U);
  for (const auto& [kind, halves] : table) {
    EXPECT_GE(halves[0].percent(), 90) << kind;
    EXPECT_GE(halves[1].percent(), 60) << kind;
    EXPECT_GE(halves[0].all + halves[1].all, 40) << kind;
  }
  EXPECT_GE(table.at("all")[0].percent(), 97);
  EXPECT_GE(table.at("all")[1].percent(), 85);
}

TEST(Detection, FindsAttacksThatWereWrittenAfterTheRules) {
  const Table table = detection("attack_fields_unseen.txt");
  print(table);
  EXPECT_GE(table.at("all")[0].percent(), 95);
  EXPECT_GE(table.at("all")[1].percent(), 85);
}

TEST(Detection, LeavesHarmlessFieldsAlone) {
  std::map<std::string, Share> table;
  for (const FieldLine& line : field_lines("harmless_fields.txt")) {
    const auto matches = all_rules().scan_raw(line.field, line.where);
    for (const std::string& row : {line.kind, std::string("all")}) {
      ++table[row].all;
      table[row].found += matches.empty() ? 0 : 1;
    }
    if (matches.empty()) continue;
    std::printf("false alarm: %s: %s\n", std::string(matches.front().rule).c_str(), line.line.c_str());
  }
  for (const auto& [kind, share] : table) {
    std::printf("%-20s  %d of %d (%.2f %%)\n", kind.c_str(), share.found, share.all, share.percent());
  }
  EXPECT_GE(table.at("all").all, 600);
  EXPECT_LE(table.at("all").percent(), 0.3);
}

}  // namespace
}  // namespace picket
