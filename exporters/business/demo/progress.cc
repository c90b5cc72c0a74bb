#include "exporters/business/demo/progress.h"

#include <fmt/format.h>

#include <algorithm>

namespace picket::business {
namespace {

constexpr Duration kBetweenLines = std::chrono::seconds(1);

std::string rounded(Duration duration) {
  return format_duration(std::chrono::ceil<std::chrono::seconds>(duration));
}

std::int64_t rate(std::size_t rows, Duration took) {
  return static_cast<std::int64_t>(static_cast<double>(rows) / std::max(seconds(took), 1e-3));
}

}  // namespace

void Progress::begin(std::string what, std::int64_t expected) {
  what_ = std::move(what);
  expected_ = expected;
  done_ = 0;
  rows_before_ = rows_;
  part_begun_ = last_line_ = clock_.mono();
}

void Progress::add(std::int64_t done, std::size_t rows) {
  done_ += done;
  rows_ += rows;
  const MonoTime now = clock_.mono();
  if (now - last_line_ >= kBetweenLines || done_ == expected_) line(now);
}

void Progress::line(MonoTime now) {
  last_line_ = now;
  const Duration took = now - part_begun_;
  const double share = static_cast<double>(done_) / static_cast<double>(std::max<std::int64_t>(1, expected_));
  std::string text = fmt::format("{}: {} of {} ({:.0f}%), {} rows/s", what_, grouped(done_),
                                 grouped(expected_), share * 100, grouped(rate(rows_ - rows_before_, took)));
  if (done_ > 0 && done_ < expected_)
    text += fmt::format(", {} left", rounded(from_seconds(seconds(took) * (1 - share) / share)));
  say_(text);
}

void Progress::end() {
  const Duration took = clock_.mono() - begun_;
  say_(fmt::format("{} rows in {}, {} rows/s", grouped(static_cast<std::int64_t>(rows_)), rounded(took),
                   grouped(rate(rows_, took))));
}

std::string grouped(std::int64_t number) {
  constexpr std::size_t kGroup = 3;
  std::string text = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > sign + kGroup;) text.insert(at -= kGroup, ",");
  return text;
}

}  // namespace picket::business
