// The two text formats, content negotiation, and the /metrics answer.
// Sources: Prometheus exposition formats (text 0.0.4), OpenMetrics 1.0.0.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"
#include "base/metrics/collector.h"

namespace picket {

enum class ExpositionFormat { Text004, OpenMetrics1 };
/// By the Accept field with its q values; text 0.0.4 unless OpenMetrics is asked for with the highest q.
ExpositionFormat negotiate_format(std::string_view accept);
std::string_view content_type(ExpositionFormat format);

struct SeriesLimit {
  std::uint64_t per_family = 1'000'000;
};

/// What one encoding left out, per family; the caller keeps the totals.
struct EncodingReport {
  std::map<std::string, std::uint64_t, std::less<>> series;    ///< written, by family
  std::map<std::string, std::uint64_t, std::less<>> overflow;  ///< left out over the limit
  std::uint64_t repaired_labels = 0;                           ///< label values that were not UTF-8
  std::uint64_t duplicate_families = 0;                        ///< left out whole
};

/// MetricWriter that appends text to `out()`; take and clear `out()` whenever it is large enough.
class ExpositionWriter final : public MetricWriter {
 public:
  ExpositionWriter(ExpositionFormat format, SeriesLimit limit);
  ~ExpositionWriter() override;
  /// From now on only families with one of these names (as in 0.0.4, or as in OpenMetrics) are written.
  void only(std::vector<std::string> names);
  FamilyWriter& family(const FamilyHead& head) override;
  /// Ends the last family ("# EOF" in OpenMetrics). Nothing may follow.
  void finish();
  std::string& out();
  const EncodingReport& report() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Everything in one string: for small answers and tests.
std::string encode(std::span<Collector* const> collectors, ExpositionFormat format, SeriesLimit limit = {});

}  // namespace picket
