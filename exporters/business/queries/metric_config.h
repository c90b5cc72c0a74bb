// What the rows of a query become: one entry of a query's `metrics:`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "base/metrics/metric_writer.h"

namespace picket::business {

/// What is made of a value before it is shown.
enum class Transform {
  None,
  SigmaLevel,  ///< of defects per million opportunities: the process's sigma level with the usual 1.5 shift
};

struct MetricConfig {
  MetricType type = MetricType::Gauge;  ///< Counter, Gauge, Histogram or Info
  std::string name;                     ///< a counter's ends in _total, an info's in _info
  std::string help;
  std::vector<std::string> labels;  ///< columns; the label is called as the column
  std::map<std::string, std::string> static_labels;
  std::vector<std::string> values;     ///< columns; one series a row for each
  std::string value_label;             ///< with several: which label holds the column's name
  std::optional<double> static_value;  ///< instead of a column
  double scale = 1;                    ///< what a value is multiplied with: 0.001 for milliseconds

  Transform transform = Transform::None;
  bool optional = false;  ///< a row without the value (NULL) is for another metric: no sample, and no drop

  // Histograms: a row stands for `count` observations of the value; `sum` is what they add up to.
  std::vector<double> buckets;  ///< upper bounds, ascending
  std::string count;            ///< column; "": each row is one observation
  std::string sum;              ///< column; "": value times count

  bool operator==(const MetricConfig&) const = default;
  /// Names of all labels in the order in which samples have them: labels, value_label, static ones.
  std::vector<std::string> label_names() const;
};

void read_yaml(MapReader& r, MetricConfig& metric);
/// The key `transform`, where it is.
void read_transform(MapReader& r, Transform& transform);

}  // namespace picket::business
