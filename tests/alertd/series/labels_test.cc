#include "alertd/series/labels.h"

#include <gtest/gtest.h>

namespace picket::alertd {
namespace {

TEST(Labels, AreSortedAndTheLaterOfTwoEqualNamesCounts) {
  const Labels labels({{"job", "api"}, {"alertname", "Down"}, {"job", "db"}, {"empty", ""}});
  EXPECT_EQ(labels.to_string(), R"({alertname="Down", job="db"})");
  EXPECT_EQ(labels.get("job"), "db");
  EXPECT_EQ(labels.find("empty"), nullptr);
  EXPECT_EQ(labels.get("missing"), "");
}

TEST(Labels, OnlyMakesANewSet) {
  const Labels labels({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  const std::vector<std::string> names = {"c", "x"};
  EXPECT_EQ(labels.only(names), Labels({{"c", "3"}}));
  EXPECT_EQ(labels.size(), 3U);
}

TEST(Labels, FingerprintIsAlertmanagers) {
  // FNV-64a of name 0xff value 0xff ...; the empty set is the offset basis.
  EXPECT_EQ(Labels().fingerprint().to_string(), "cbf29ce484222325");
  EXPECT_EQ(Labels({{"a", "b"}}).fingerprint(), Labels({{"a", "b"}, {"z", ""}}).fingerprint());
  EXPECT_NE(Labels({{"a", "bc"}}).fingerprint(), Labels({{"ab", "c"}}).fingerprint());
  // As prometheus/common's model tests have it.
  EXPECT_EQ(Labels({{"name", "garland, briggs"}, {"fear", "love is not enough"}}).fingerprint().value,
            5799056148416392346U);
}

TEST(Labels, OrderAndEqualityAreThoseOfTheSets) {
  EXPECT_EQ(Labels({{"b", "2"}, {"a", "1"}}), Labels({{"a", "1"}, {"b", "2"}}));
  EXPECT_LT(Labels(), Labels({{"a", "1"}}));
  EXPECT_LT(Labels({{"a", "1"}}), Labels({{"a", "1"}, {"b", "2"}}));
  EXPECT_LT(Labels({{"a", "1"}, {"b", "2"}}), Labels({{"a", "2"}}));
}

TEST(Labels, PrintNamesThatAreNotClassicInQuotes) {
  EXPECT_EQ(Labels({{"k8s.pod", "a\"b\n"}}).to_string(), R"({"k8s.pod"="a\"b\n"})");
}

}  // namespace
}  // namespace picket::alertd
