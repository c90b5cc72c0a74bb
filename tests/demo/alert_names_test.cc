// The alerts that the demo speaks of are those of rules/.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "base/files/files.h"
#include "base/text/strings.h"
#include "tools/demo/history/fleet_families.h"
#include "tools/demo/history/history.h"

namespace picket::demo {
namespace {

const RealFiles kFiles;

std::string text_of(const std::string& path) {
  const auto text = kFiles.read(path, 1_MiB);
  EXPECT_TRUE(text) << path;
  return text ? *text : "";
}

std::set<std::string> alerts_of_rules() {
  std::set<std::string> names;
  const auto paths = kFiles.glob(std::string(PICKET_SOURCE_DIR) + "/rules/*.yml");
  if (!paths) return names;
  for (const std::string& path : *paths) {
    const std::string text = text_of(path);
    for (const std::string_view line : split(text, '\n')) {
      const std::string_view rule = trim(line);
      if (rule.starts_with("- alert: ")) names.emplace(rule.substr(9));
    }
  }
  return names;
}

/// `Camelled` words between backticks: of the words in docs/demo.md only alerts are written so.
std::set<std::string> alerts_of_document() {
  const std::string text = text_of(std::string(PICKET_SOURCE_DIR) + "/docs/demo.md");
  std::set<std::string> names;
  bool is_code = false;
  for (const std::string_view piece : split(text, '`')) {
    const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (is_code && std::ranges::all_of(piece, is_letter) && std::ranges::count_if(piece, is_capital) > 1)
      names.emplace(piece);
    is_code = !is_code;
  }
  return names;
}

TEST(AlertNames, OfTheHistoryAreThoseOfRules) {
  const std::set<std::string> rules = alerts_of_rules();
  std::set<std::string> names;
  for (const Family& family : fleet_families(past_of({.days = 1, .until = 1'796'060'000}))) {
    if (family.name != "ALERTS") continue;
    for (const Series& series : family.series) {
      const std::size_t begins = series.labels.find("alertname=\"");
      ASSERT_NE(begins, std::string::npos) << series.labels;
      const std::string rest = series.labels.substr(begins + 11);
      names.insert(rest.substr(0, rest.find('"')));
    }
  }
  EXPECT_GE(names.size(), 2);
  for (const std::string& name : names) EXPECT_TRUE(rules.contains(name)) << name;
}

TEST(AlertNames, OfTheDocumentAreThoseOfRules) {
  const std::set<std::string> rules = alerts_of_rules(), names = alerts_of_document();
  EXPECT_GE(names.size(), 10);
  for (const std::string& name : names) EXPECT_TRUE(rules.contains(name)) << name;
}

}  // namespace
}  // namespace picket::demo
