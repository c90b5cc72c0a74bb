#include "base/metrics/exposition.h"

#include <algorithm>
#include <set>

#include "base/metrics/family_encoder.h"

namespace picket {
namespace {

/// For a family that is left out.
class SilentFamily final : public FamilyWriter {
 public:
  using FamilyWriter::histogram;
  using FamilyWriter::sample;
  void sample(std::span<const std::string_view> /*labels*/, double /*value*/,
              const Exemplar* /*exemplar*/) override {}
  void histogram(std::span<const std::string_view> /*labels*/, const HistogramValue& /*value*/) override {}
};

}  // namespace

class ExpositionWriter::Impl {
 public:
  Impl(ExpositionFormat format, SeriesLimit limit)
      : format_(format), encoder_(format, limit, out_, report_) {}

  void only(std::vector<std::string> names) { only_ = std::move(names); }

  FamilyWriter& family(const FamilyHead& head) {
    check(!finished_, "a family after finish()");
    encoder_.end();
    const std::string_view base = family_base_name(head);
    if (!wanted(head.name, base)) return silent_;
    if (!seen_.emplace(base).second) {
      ++report_.duplicate_families;
      return silent_;
    }
    encoder_.begin(head);
    return encoder_;
  }

  void finish() {
    check(!finished_, "finish() twice");
    encoder_.end();
    finished_ = true;
    if (format_ == ExpositionFormat::OpenMetrics1) out_ += "# EOF\n";
  }

  std::string& out() { return out_; }

  const EncodingReport& report() {
    encoder_.end();
    return report_;
  }

 private:
  bool wanted(std::string_view name, std::string_view base) const {
    return only_.empty() ||
           std::ranges::any_of(only_, [&](const std::string& o) { return o == name || o == base; });
  }

  const ExpositionFormat format_;
  std::string out_;
  EncodingReport report_;
  FamilyEncoder encoder_;
  SilentFamily silent_;
  std::vector<std::string> only_;
  std::set<std::string, std::less<>> seen_;  ///< names as in OpenMetrics, where x_total and x clash
  bool finished_ = false;
};

ExpositionWriter::ExpositionWriter(ExpositionFormat format, SeriesLimit limit)
    : impl_(std::make_unique<Impl>(format, limit)) {}

ExpositionWriter::~ExpositionWriter() = default;

void ExpositionWriter::only(std::vector<std::string> names) {
  impl_->only(std::move(names));
}

FamilyWriter& ExpositionWriter::family(const FamilyHead& head) {
  return impl_->family(head);
}

void ExpositionWriter::finish() {
  impl_->finish();
}

std::string& ExpositionWriter::out() {
  return impl_->out();
}

const EncodingReport& ExpositionWriter::report() const {
  return impl_->report();
}

std::string encode(std::span<Collector* const> collectors, ExpositionFormat format, SeriesLimit limit) {
  ExpositionWriter writer(format, limit);
  for (Collector* const collector : collectors) {
    const std::unique_ptr<Collection> collection = collector->collect();
    while (collection->step(writer)) {
    }
  }
  writer.finish();
  return std::move(writer.out());
}

}  // namespace picket
