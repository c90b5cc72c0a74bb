// Writes one family after the other as text: the FamilyWriter behind ExpositionWriter. The parts of a series
// that all series of a family share are made once per family, so that a sample is a few copies. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/metrics/exposition.h"
#include "base/metrics/line.h"

namespace picket {

/// The family's name in OpenMetrics: without the _total of a counter or the _info of an info.
std::string_view family_base_name(const FamilyHead& head);

class FamilyEncoder final : public FamilyWriter {
 public:
  using FamilyWriter::histogram;
  using FamilyWriter::sample;

  /// `out` and `report` must outlive the encoder.
  FamilyEncoder(ExpositionFormat format, SeriesLimit limit, std::string& out, EncodingReport& report);

  void begin(const FamilyHead& head);
  /// Adds the family to the report. Nothing happens when none is open.
  void end();
  void sample(std::span<const std::string_view> labels, double value, const Exemplar* exemplar) override;
  void histogram(std::span<const std::string_view> labels, const HistogramValue& value) override;

 private:
  /// Whether `count` more series fit; writes the head before the first.
  bool admit(std::uint64_t count);
  void render_head(const FamilyHead& head);
  /// Begins `line` with the labels, with room for a value behind them.
  void add_labels(Line& line, std::span<const std::string_view> labels);
  /// In debug builds: aborts when the family has the series already, for which a strict scraper refuses the
  /// whole answer.
  void check_new(std::string_view labels);
  void append_exemplar(const Exemplar& exemplar);
  void append_bucket(std::size_t bucket, std::uint64_t count);
  void update_bounds(const std::vector<double>& bounds);

  const ExpositionFormat format_;
  const SeriesLimit limit_;
  std::string& out_;
  EncodingReport& report_;

  bool open_ = false;
  MetricType type_ = MetricType::Gauge;
  std::string name_;
  std::string head_;                  ///< HELP and TYPE; "" once written
  std::vector<PaddedText> segments_;  ///< what stands before each value: `name{a="`, `",b="`
  std::string close_;                 ///< after the last value: `"} `, or `name ` when there are no labels
  std::size_t fixed_size_ = 0;        ///< of all segments
  Line line_;
  std::uint64_t series_ = 0;
  std::uint64_t overflow_ = 0;
  std::unordered_set<std::string> written_;  ///< labels of the family's series, in debug builds

  std::vector<double> bounds_;            ///< of the histogram before, to which `bound_texts_` belong
  std::vector<std::string> bound_texts_;  ///< `le="0.5"} `, the last for +Inf
  Line labels_;                           ///< of the histogram under way: `{a="x"`
};

}  // namespace picket
