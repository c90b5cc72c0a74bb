#include "base/metrics/family_encoder.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/metrics/label_text.h"
#include "base/metrics/names.h"
#include "base/text/numbers.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

constexpr std::size_t kExemplarCharacters = 128;
#ifdef NDEBUG
constexpr bool kSeriesAreChecked = false;
#else
constexpr bool kSeriesAreChecked = true;
#endif
constexpr std::array<std::string_view, 10> kUnits = {"seconds", "bytes",  "ratio",  "celsius", "volts",
                                                     "amperes", "joules", "meters", "grams",   "hertz"};

std::string_view unit_of(std::string_view name) {
  for (const std::string_view unit : kUnits) {
    if (name.size() > unit.size() + 1 && name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_') {
      return unit;
    }
  }
  return {};
}

std::string_view without(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

/// OpenMetrics wants the label of a state set to be named after the family. One that is not is shown as a
/// gauge there, so that a query reads the same whichever format was scraped.
bool is_strict_stateset(const FamilyHead& head) {
  const std::span<const std::string_view> labels = head.labels.span();
  return head.type == MetricType::StateSet && !labels.empty() && labels.back() == head.name;
}

std::string_view type_name(const FamilyHead& head, ExpositionFormat format) {
  switch (head.type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Histogram:
      return "histogram";
    case MetricType::Info:
      return format == ExpositionFormat::OpenMetrics1 ? "info" : "gauge";
    case MetricType::StateSet:
      return format == ExpositionFormat::OpenMetrics1 && is_strict_stateset(head) ? "stateset" : "gauge";
    case MetricType::Gauge:
      break;
  }
  return "gauge";
}

void check_name(bool valid, std::string_view what, std::string_view name) {
  if (!valid) check(false, fmt::format("{} {}", what, name));
}

void check_names(const FamilyHead& head) {
  check_name(is_metric_name(head.name), "not a metric name:", head.name);
  check_name(head.type != MetricType::Counter || head.name.ends_with("_total"),
             "a counter must end in _total:", head.name);
  check_name(head.type != MetricType::Info || head.name.ends_with("_info"),
             "an info must end in _info:", head.name);
  const std::span<const std::string_view> labels = head.labels.span();
  for (const std::string_view label : labels) {
    check_name(is_label_name(label), "not a label name:", label);
    check_name(head.type != MetricType::Histogram || label != "le", "le is the histogram's own label in",
               head.name);
    check_name(std::ranges::count(labels, label) == 1, "a label name is there twice:", label);
  }
}

}  // namespace

std::string_view family_base_name(const FamilyHead& head) {
  if (head.type == MetricType::Counter) return without(head.name, "_total");
  if (head.type == MetricType::Info) return without(head.name, "_info");
  return head.name;
}

FamilyEncoder::FamilyEncoder(ExpositionFormat format, SeriesLimit limit, std::string& out,
                             EncodingReport& report)
    : format_(format), limit_(limit), out_(out), report_(report) {}

void FamilyEncoder::begin(const FamilyHead& head) {
  check_names(head);
  open_ = true;
  type_ = head.type;
  name_ = head.name;
  series_ = 0;
  overflow_ = 0;
  written_.clear();
  render_head(head);
  segments_.clear();
  // A histogram's series differ in their suffix, so its name is not part of the labels' text.
  const bool is_histogram = type_ == MetricType::Histogram;
  std::string before = is_histogram ? "{" : name_ + "{";
  std::size_t size = 0;
  for (const std::string_view label : head.labels.span()) {
    size += segments_.emplace_back(fmt::format("{}{}=\"", before, label)).size();
    before = "\",";
  }
  if (is_histogram) {
    close_ = segments_.empty() ? "{" : "\",";
  } else {
    close_ = segments_.empty() ? name_ + " " : "\"} ";
  }
  fixed_size_ = size + close_.size() + Line::kValueSize;
}

void FamilyEncoder::render_head(const FamilyHead& head) {
  const bool open_metrics = format_ == ExpositionFormat::OpenMetrics1;
  const std::string_view name = open_metrics ? family_base_name(head) : head.name;
  const bool may_have_unit = head.type != MetricType::Info && !is_strict_stateset(head);
  const std::string_view unit = open_metrics && may_have_unit ? unit_of(name) : "";
  const std::string type = fmt::format("# TYPE {} {}\n", name, type_name(head, format_));
  std::string help;
  if (!head.help.empty()) {
    help = fmt::format("# HELP {} ", name);
    append_help(help, head.help, format_);
    help += '\n';
  }
  if (open_metrics) {
    head_ = type + (unit.empty() ? "" : fmt::format("# UNIT {} {}\n", name, unit)) + help;
  } else {
    head_ = help + type;
  }
}

void FamilyEncoder::end() {
  if (!open_) return;
  open_ = false;
  if (series_ > 0) report_.series[name_] = series_;
  if (overflow_ > 0) report_.overflow[name_] = overflow_;
}

bool FamilyEncoder::admit(std::uint64_t count) {
  if (series_ + count > limit_.per_family) {
    overflow_ += count;
    return false;
  }
  if (series_ == 0) out_ += head_;
  series_ += count;
  return true;
}

void FamilyEncoder::add_labels(Line& line, std::span<const std::string_view> labels) {
  if (labels.size() != segments_.size())
    check(false, "label values do not match the label names of " + name_);
  std::size_t size = fixed_size_;
  for (const std::string_view label : labels) size += Line::kLabelGrowth * label.size();
  line.begin(size);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    line.add(segments_[i]);
    if (!line.add_label_value(labels[i])) ++report_.repaired_labels;
  }
  line.add(close_);
}

void FamilyEncoder::check_new(std::string_view labels) {
  if constexpr (kSeriesAreChecked) {
    if (!written_.emplace(labels).second)
      check(false, fmt::format("a series of {} is written twice: {}", name_, labels));
  }
}

void FamilyEncoder::sample(std::span<const std::string_view> labels, double value, const Exemplar* exemplar) {
  if (!open_ || type_ == MetricType::Histogram) check(false, "sample() outside a family of samples");
  if (!admit(1)) return;
  add_labels(line_, labels);
  check_new(line_.text());
  line_.add_value(value);
  if (exemplar != nullptr && type_ == MetricType::Counter) {
    out_ += line_.text();
    append_exemplar(*exemplar);
    out_ += '\n';
    return;
  }
  line_.add("\n");
  out_ += line_.text();
}

void FamilyEncoder::histogram(std::span<const std::string_view> labels, const HistogramValue& value) {
  check(open_ && type_ == MetricType::Histogram, "histogram() outside a family of histograms");
  check(value.counts.size() == value.bounds.size() + 1, "a histogram has one count more than bounds");
  check(value.exemplars.empty() || value.exemplars.size() == value.counts.size(),
        "a histogram has no exemplars, or one per bucket");
  if (!admit(value.counts.size() + 2)) return;
  update_bounds(value.bounds);
  add_labels(labels_, labels);
  check_new(labels_.text());
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < value.counts.size(); ++i) {
    total += value.counts[i];
    append_bucket(i, total);
    if (!value.exemplars.empty() && value.exemplars[i]) append_exemplar(*value.exemplars[i]);
    out_ += '\n';
  }
  // Without the comma that waited for le, or the brace when there is no label.
  const std::string_view open = labels_.text().substr(0, labels_.text().size() - 1);
  const std::string_view close = segments_.empty() ? " " : "} ";
  out_.append(name_).append("_sum").append(open).append(close);
  append_double(out_, value.sum);
  out_.append("\n").append(name_).append("_count").append(open).append(close);
  out_.append(std::to_string(total)).append("\n");
}

void FamilyEncoder::append_bucket(std::size_t bucket, std::uint64_t count) {
  static constexpr std::string_view kSuffix = "_bucket";
  line_.begin(name_.size() + kSuffix.size() + labels_.text().size() + bound_texts_[bucket].size() +
              Line::kValueSize);
  line_.add(name_);
  line_.add(kSuffix);
  line_.add(labels_.text());
  line_.add(bound_texts_[bucket]);
  line_.add_count(count);
  out_ += line_.text();
}

void FamilyEncoder::update_bounds(const std::vector<double>& bounds) {
  if (!bound_texts_.empty() && bounds == bounds_) return;
  check(std::ranges::adjacent_find(bounds, std::ranges::greater_equal{}) == bounds.end(),
        "a histogram's bounds must rise");
  check(bounds.empty() || bounds.back() < std::numeric_limits<double>::infinity(),
        "a histogram's bounds must be finite");
  bounds_ = bounds;
  bound_texts_.clear();
  for (const double bound : bounds) bound_texts_.push_back("le=\"" + bound_text(bound) + "\"} ");
  bound_texts_.emplace_back("le=\"+Inf\"} ");
}

void FamilyEncoder::append_exemplar(const Exemplar& exemplar) {
  if (format_ != ExpositionFormat::OpenMetrics1) return;
  std::string text = " # {";
  std::size_t characters = 0;
  for (const auto& [name, value] : exemplar.labels) {
    check_name(is_label_name(name), "not a label name:", name);
    if (text.back() != '{') text += ',';
    text += name + "=\"";
    const std::size_t start = text.size();
    const bool valid = append_label_value(text, value);
    if (!valid) ++report_.repaired_labels;
    characters += name.size() + count_characters(valid ? value : std::string_view(text).substr(start));
    text += '"';
  }
  if (characters > kExemplarCharacters) return;
  out_ += text + "} ";
  append_double(out_, exemplar.value);
  if (exemplar.time) out_ += fmt::format(" {:.3f}", unix_seconds(*exemplar.time));
}

}  // namespace picket
