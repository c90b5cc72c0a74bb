// The text of unit tests for `promtool test rules`, put together piece by piece. Used by rule_tests. Pure.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/slo/objective.h"
#include "tools/slo/rules.h"

namespace picket::slo {

/// A stretch of time with the same errors. Events and errors per second; `minutes` a multiple of the step.
struct Stretch {
  double total = 0;
  double errors = 0;
  int minutes = 0;
};
/// What happens to an objective; without a stretch its series are not there, after the last one they end.
using Course = std::vector<Stretch>;

struct Sample {
  std::string labels{};  ///< in braces
  std::string value{};
};

struct ExpectedAlert {
  const Objective& objective;
  AlertText text{};
  std::string value{};   ///< what stands for {{ $value }}
  std::string labels{};  ///< beside those of every alert: `severity: "warning"`
};

class TestText {
 public:
  static constexpr int kStepMinutes = 5;

  TestText(std::span<const Objective> objectives, const std::vector<std::string>& rule_files);

  /// A test in which each objective has its course.
  void begin(std::string_view name, const std::function<Course(const Objective&)>& course_of);
  /// What the query answers at that minute.
  void ask(int minute, const std::string& query, const std::vector<Sample>& samples);
  /// All alerts of that name at that minute; after everything that is asked in this test.
  void tell(int minute, std::string_view alert, const std::vector<ExpectedAlert>& alerts);
  std::string text() && { return std::move(text_); }

 private:
  void add_series(const Objective& objective, const Course& course);

  std::span<const Objective> objectives_;
  std::string text_;
  bool has_told_ = false;
};

}  // namespace picket::slo
