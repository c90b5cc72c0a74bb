#include "base/metrics/metrics_handler.h"

#include <algorithm>
#include <span>

#include "base/exec/mutex.h"

namespace picket {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

bool is_near(std::uint64_t series, SeriesLimit limit) {
  return series >= limit.per_family - limit.per_family / 5;
}

}  // namespace

/// Collectors and totals, shared with the streams that are still being sent.
class MetricsHandler::Impl {
 public:
  class Stream;

  Impl(std::string prefix, SeriesLimit limit) : prefix_(std::move(prefix)), limit_(limit) {}

  void add(Collector& collector) { collectors_.push_back(&collector); }
  SeriesLimit limit() const { return limit_; }

  std::vector<std::unique_ptr<Collection>> collect() const {
    std::vector<std::unique_ptr<Collection>> collections;
    collections.reserve(collectors_.size());
    for (Collector* const collector : collectors_) collections.push_back(collector->collect());
    return collections;
  }

  /// Adds what this answer left out to the totals, and ends the answer with them.
  void conclude(ExpositionWriter& writer) {
    const EncodingReport report = writer.report();
    std::map<std::string, Counts> families;
    std::uint64_t repaired = 0;
    std::uint64_t dropped = 0;
    {
      const MutexLock lock(mutex_);
      for (const auto& [family, count] : report.overflow) overflow_[family] += count;
      repaired = repaired_ += report.repaired_labels;
      dropped = dropped_ += report.duplicate_families;
      for (const auto& [family, count] : overflow_) families[family].overflow = count;
    }
    for (const auto& [family, count] : report.series) {
      if (is_near(count, limit_) || families.contains(family)) families[family].series = count;
    }
    write_limits(writer, families);
    writer.counter(prefix_ + "_label_values_repaired_total", "Label values that were not UTF-8 when shown.")
        .sample({}, static_cast<double>(repaired));
    writer
        .counter(prefix_ + "_families_dropped_total",
                 "Metric families left out because their name was taken.")
        .sample({}, static_cast<double>(dropped));
  }

 private:
  struct Counts {
    std::uint64_t series = 0;
    std::uint64_t overflow = 0;
  };

  void write_limits(ExpositionWriter& writer, const std::map<std::string, Counts>& families) const {
    FamilyWriter& series = writer.gauge(prefix_ + "_series", "Series held per metric family.", {"family"});
    for (const auto& [family, counts] : families) series.sample({family}, static_cast<double>(counts.series));
    FamilyWriter& limit =
        writer.gauge(prefix_ + "_series_limit", "Configured series limit per metric family.", {"family"});
    for (const auto& [family, counts] : families)
      limit.sample({family}, static_cast<double>(limit_.per_family));
    FamilyWriter& overflow = writer.counter(
        prefix_ + "_series_overflow_total",
        "Series left out of answers because the limit of their family was reached.", {"family"});
    for (const auto& [family, counts] : families) {
      overflow.sample({family}, static_cast<double>(counts.overflow));
    }
  }

  const std::string prefix_;
  const SeriesLimit limit_;
  std::vector<Collector*> collectors_;  ///< filled at start
  Mutex mutex_;
  std::map<std::string, std::uint64_t> overflow_ GUARDED_BY(mutex_);
  std::uint64_t repaired_ GUARDED_BY(mutex_) = 0;
  std::uint64_t dropped_ GUARDED_BY(mutex_) = 0;
};

/// One answer on its way: the collections one after the other, a piece at a time.
class MetricsHandler::Impl::Stream final : public BodyStream {
 public:
  Stream(std::shared_ptr<Impl> handler, ExpositionFormat format, std::vector<std::string> names)
      : handler_(std::move(handler)), writer_(format, handler_->limit()), collections_(handler_->collect()) {
    writer_.only(std::move(names));
  }

  bool next(std::string& out) override {
    while (!done_ && writer_.out().size() < kPieceBytes) advance();
    out += writer_.out();
    writer_.out().clear();
    return !done_;
  }

 private:
  void advance() {
    if (at_ < collections_.size()) {
      if (collections_[at_]->step(writer_)) return;
      collections_[at_++].reset();
      return;
    }
    handler_->conclude(writer_);
    writer_.finish();
    done_ = true;
  }

  const std::shared_ptr<Impl> handler_;
  ExpositionWriter writer_;
  std::vector<std::unique_ptr<Collection>> collections_;
  std::size_t at_ = 0;
  bool done_ = false;
};

MetricsHandler::MetricsHandler(std::string prefix, SeriesLimit limit)
    : impl_(std::make_shared<Impl>(std::move(prefix), limit)) {}

MetricsHandler::~MetricsHandler() = default;

void MetricsHandler::add(Collector& collector) {
  impl_->add(collector);
}

Response MetricsHandler::operator()(const Request& request) const {
  const ExpositionFormat format = negotiate_format(request.headers.get("Accept"));
  Response response;
  response.headers.set("Content-Type", std::string(content_type(format)));
  response.stream = std::make_shared<Impl::Stream>(impl_, format, request.target.params("name[]"));
  return response;
}

}  // namespace picket
