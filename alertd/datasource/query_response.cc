// Source of the format: prometheus docs, "HTTP API", "Instant queries".
#include "alertd/datasource/query_response.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxMessage = 500;
constexpr std::size_t kMaxWarnings = 100;

/// Which part of the answer an event belongs to; one per open object or array.
enum class Place {
  Top,
  Envelope,  ///< the outermost object
  Warnings,
  Infos,
  Body,    ///< "data"
  Result,  ///< the array of samples, or [time, "scalar"]
  Series,
  Metric,
  Value,  ///< [time, "value"]
  Skipped
};

class Events final : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::string status, error, error_type, result_type;
  Vector vector;
  std::string broken;  ///< what is wrong with the document
  bool has_result = false;
  std::size_t valueless = 0;  ///< series with neither a value nor a histogram

  bool null() override { return scalar({}); }
  bool boolean(bool value) override {
    // VictoriaMetrics' cluster: a storage node has not answered.
    if (value && place() == Place::Envelope && key_ == "isPartial") missing_part("isPartial is true");
    return scalar({});
  }
  bool number_integer(number_integer_t n) override { return number(static_cast<double>(n)); }
  bool number_unsigned(number_unsigned_t n) override { return number(static_cast<double>(n)); }
  bool number_float(number_float_t n, const string_t&) override { return number(n); }
  bool string(string_t& text) override { return scalar(text); }
  bool binary(binary_t&) override { return false; }

  bool key(string_t& name) override {
    key_ = name;
    return true;
  }

  bool start_object(std::size_t) override {
    switch (place()) {
      case Place::Top:
        return open(Place::Envelope);
      case Place::Envelope:
        return open(key_ == "data" ? Place::Body : Place::Skipped);
      case Place::Result:
        labels_.clear();
        sample_ = {};
        has_value_ = false;
        has_histogram_ = false;
        return open(Place::Series);
      case Place::Series:
        return open(key_ == "metric" ? Place::Metric : Place::Skipped);
      default:
        return open(Place::Skipped);
    }
  }

  bool start_array(std::size_t) override {
    switch (place()) {
      case Place::Envelope:
        if (key_ == "warnings") return open(Place::Warnings);
        return open(key_ == "infos" ? Place::Infos : Place::Skipped);
      case Place::Body:
        item_ = 0;
        sample_ = {};
        has_result = has_result || key_ == "result";
        return open(key_ == "result" ? Place::Result : Place::Skipped);
      case Place::Series:
        item_ = 0;
        has_histogram_ = has_histogram_ || key_ == "histogram";
        return open(key_ == "value" ? Place::Value : Place::Skipped);
      default:
        return open(Place::Skipped);
    }
  }

  bool end_object() override {
    if (place() == Place::Series) finish_series();
    places_.pop_back();
    return true;
  }

  bool end_array() override {
    // A scalar's result is [time, "value"] itself.
    if (place() == Place::Result && is_scalar_) vector.samples.push_back(sample_);
    places_.pop_back();
    return true;
  }

  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
    if (broken.empty()) broken = fmt::format("not valid JSON at byte {}", at);
    return false;
  }

 private:
  Place place() const { return places_.back(); }

  bool open(Place place) {
    if (places_.size() >= kMaxDepth) {
      broken = "nested too deeply";
      return false;
    }
    places_.push_back(place);
    return true;
  }

  bool number(double n) {
    const bool in_value = place() == Place::Value || place() == Place::Result;
    if (!in_value || item_ != 0) return scalar({});
    ++item_;
    sample_.time = from_seconds_since_epoch(n);
    return true;
  }

  static Timestamp from_seconds_since_epoch(double n) {
    return Timestamp(std::chrono::milliseconds(std::isfinite(n) ? std::llround(n * 1000) : 0));
  }

  bool scalar(std::string_view text) {
    switch (place()) {
      case Place::Envelope:
        envelope_field(text);
        return true;
      case Place::Warnings:
        warning(text);
        return true;
      case Place::Infos:
        note(text);
        return true;
      case Place::Body:
        if (key_ == "resultType") result_type = text;
        return true;
      case Place::Metric:
        labels_.push_back({key_, std::string(text)});
        return true;
      case Place::Value:
      case Place::Result:
        return sample_value(text);
      default:
        return true;
    }
  }

  void note(std::string_view text) {
    if (vector.warnings.size() < kMaxWarnings) vector.warnings.push_back(truncate(text, kMaxMessage));
  }

  /// Prometheus marks what it says of the expression; the rest is of the data: a store that is away.
  void warning(std::string_view text) {
    note(text);
    if (!text.starts_with("PromQL warning:") && !text.starts_with("PromQL info:")) missing_part(text);
  }

  void missing_part(std::string_view why) {
    if (vector.partial.empty()) vector.partial = truncate(why, kMaxMessage);
  }

  void envelope_field(std::string_view text) {
    if (key_ == "warnings" && !text.empty()) warning(text);
    if (key_ == "status") status = text;
    if (key_ == "error") error = truncate(text, kMaxMessage);
    if (key_ == "errorType") error_type = text;
  }

  bool sample_value(std::string_view text) {
    if (item_++ != 1) {
      broken = "a sample is not [time, \"value\"]";
      return false;
    }
    // The text of a query that is a string, such as "abc", is no number.
    if (place() == Place::Result && result_type == "string") return true;
    const auto value = parse_double(text);
    if (!value) {
      broken = fmt::format("a sample's value is not a number: {}", truncate(text, 40));
      return false;
    }
    sample_.value = *value;
    has_value_ = true;
    is_scalar_ = place() == Place::Result;
    return true;
  }

  void finish_series() {
    if (!has_value_) {
      ++(has_histogram_ ? vector.histograms_skipped : valueless);
      return;
    }
    sample_.labels = Labels(std::move(labels_));
    labels_.clear();
    vector.samples.push_back(std::move(sample_));
  }

  std::vector<Place> places_ = {Place::Top};
  std::string key_;
  std::vector<Label> labels_;
  Sample sample_;
  bool has_value_ = false;
  bool has_histogram_ = false;
  bool is_scalar_ = false;
  int item_ = 0;
};

ErrorKind kind_of(std::string_view error_type) {
  if (error_type == "timeout" || error_type == "canceled") return ErrorKind::Timeout;
  if (error_type == "unavailable" || error_type == "internal") return ErrorKind::Unavailable;
  if (error_type == "not_found") return ErrorKind::NotFound;
  return ErrorKind::InvalidInput;  // bad_data, execution
}

/// What the server means, once its document is read.
Result<Vector> answer_of(Events& events) {
  if (events.status == "error") {
    return fail(kind_of(events.error_type), events.error.empty() ? "no reason given" : events.error);
  }
  if (events.status != "success" || events.result_type.empty())
    return fail(ErrorKind::Corrupt, "not an answer of Prometheus' query API");
  if (events.result_type != "vector" && events.result_type != "scalar") {
    return fail(ErrorKind::InvalidInput, fmt::format("the query gives a {}, not a vector or scalar",
                                                     truncate(events.result_type, 40)));
  }
  if (events.valueless > 0) return fail(ErrorKind::Corrupt, "a series has neither a value nor a histogram");
  Vector& vector = events.vector;
  if (vector.partial.empty()) vector.partial = events.error;
  if (vector.partial.empty() && !events.has_result) vector.partial = "no result in the answer";
  return std::move(vector);
}

}  // namespace

Result<Vector> parse_query_response(std::string_view body) {
  Events events;
  try {
    if (!nlohmann::json::sax_parse(body, &events) && events.broken.empty()) events.broken = "not valid JSON";
  } catch (const std::exception&) {
    events.broken = "not valid JSON";
  }
  if (!events.broken.empty()) return fail(ErrorKind::Corrupt, events.broken);
  return answer_of(events);
}

}  // namespace picket::alertd
