#include "exporters/health/history/saved_check.h"

#include <algorithm>
#include <charconv>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::health {

namespace {

void append(std::string& out, std::integral auto number) {
  if (!out.empty()) out += ' ';
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// Takes blank-separated numbers off the front of a line.
class Numbers {
 public:
  explicit Numbers(std::string_view text) : rest_(text) {}

  template <class T>
  T next() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    T number{};
    const auto [stopped, error] = std::from_chars(rest_.data(), rest_.data() + end, number);
    fine_ = fine_ && end > 0 && error == std::errc() && stopped == rest_.data() + end && number >= T{};
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return number;
  }
  bool empty() const { return rest_.empty(); }
  bool fine() const { return fine_; }

 private:
  std::string_view rest_;
  bool fine_ = true;
};

/// Longer than anything was watched; sums of a few stay within 64 bits.
constexpr std::int64_t kMaxSpanMs = std::int64_t{1000} * 3600 * 24 * 366 * 100;

Failure corrupt(std::string_view what) {
  return fail(ErrorKind::Corrupt, fmt::format("stored {} are not readable", what));
}

}  // namespace

std::string encode_times(const SavedCheck& check) {
  std::string out;
  for (const Duration time : check.times) append(out, time.count());
  for (const std::uint64_t count : check.entered) append(out, count);
  return out;
}

Result<void> decode_times(std::string_view text, SavedCheck& check) {
  Numbers numbers(text);
  for (Duration& time : check.times) time = Duration(numbers.next<Duration::rep>());
  for (std::uint64_t& count : check.entered) count = numbers.next<std::uint64_t>();
  const auto is_absurd = [](Duration time) { return time > std::chrono::milliseconds(kMaxSpanMs); };
  if (!numbers.fine() || !numbers.empty() || std::any_of(check.times.begin(), check.times.end(), is_absurd)) {
    return corrupt("state times");
  }
  return {};
}

std::string encode_counters(const SavedCheck& check) {
  std::string out;
  append(out, check.counters.probes);
  append(out, check.counters.slow);
  for (const std::uint64_t count : check.counters.failures) append(out, count);
  for (const std::uint64_t count : check.counters.durations.counts) append(out, count);
  out += ' ';
  append_double(out, check.counters.durations.sum_seconds);
  return out;
}

Result<void> decode_counters(std::string_view text, SavedCheck& check) {
  Numbers numbers(text);
  ProbeCounters& counters = check.counters;
  counters.probes = numbers.next<std::uint64_t>();
  counters.slow = numbers.next<std::uint64_t>();
  for (std::uint64_t& count : counters.failures) count = numbers.next<std::uint64_t>();
  for (std::uint64_t& count : counters.durations.counts) count = numbers.next<std::uint64_t>();
  counters.durations.sum_seconds = numbers.next<double>();
  if (!numbers.fine() || !numbers.empty()) return corrupt("counters");
  return {};
}

std::string encode_spans(const std::vector<Timeline::Span>& spans) {
  std::string out;
  for (const Timeline::Span& span : spans) {
    append(out, span.length_ms);
    append(out, span.known_ms);
    append(out, span.down_ms);
  }
  return out;
}

Result<std::vector<Timeline::Span>> decode_spans(std::string_view text) {
  Numbers numbers(text);
  std::vector<Timeline::Span> spans;
  while (!numbers.empty() && numbers.fine()) {
    Timeline::Span span;
    span.length_ms = numbers.next<std::int64_t>();
    span.known_ms = numbers.next<std::int64_t>();
    span.down_ms = numbers.next<std::int64_t>();
    if (span.length_ms <= 0 || span.length_ms > kMaxSpanMs || span.known_ms > span.length_ms ||
        span.down_ms > span.known_ms) {
      return corrupt("spans");
    }
    spans.push_back(span);
  }
  if (!numbers.fine()) return corrupt("spans");
  return spans;
}

}  // namespace picket::health
