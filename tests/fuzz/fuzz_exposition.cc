// Whatever is in label values and help texts, both formats stay valid UTF-8 and read back, line by line, to
// what was written.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/metrics/exposition.h"
#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

/// Takes pieces from the fuzzer's input.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}
  std::string_view text() {
    const std::size_t size = std::min<std::size_t>(
        rest_.empty() ? 0 : static_cast<unsigned char>(rest_[0]) % 64, rest_.empty() ? 0 : rest_.size() - 1);
    if (rest_.empty()) return {};
    const std::string_view piece = rest_.substr(1, size);
    rest_.remove_prefix(size + 1);
    return piece;
  }
  double number() {
    double value = 0;
    if (rest_.size() < sizeof value) return static_cast<double>(rest_.size());
    rest_.copy(reinterpret_cast<char*>(&value),
               sizeof value);  // NOLINT(*-reinterpret-cast): bytes of a double
    rest_.remove_prefix(sizeof value);
    return value;
  }

 private:
  std::string_view rest_;
};

/// The text up to an unescaped `end`, unescaped; `at` moves behind it.
std::string read_escaped(std::string_view line, std::size_t& at, char end) {
  std::string text;
  for (; at < line.size() && line[at] != end; ++at) {
    if (line[at] != '\\') {
      text += line[at];
      continue;
    }
    ++at;
    expect(at < line.size() && (line[at] == 'n' || line[at] == '\\' || line[at] == '"'));
    text += line[at] == 'n' ? '\n' : line[at];
  }
  return text;
}

std::string shown(std::string_view text) {
  return replace_all(repair_utf8(text), std::string_view("\0", 1), "\uFFFD");
}

struct Sample {
  std::string help, first, second;
  double value = 0;
};

void check_sample_line(std::string_view line, const Sample& sample) {
  std::size_t at = line.find("first=\"") + 7;
  expect(read_escaped(line, at, '"') == sample.first);
  const std::string_view between = "\",second=\"";
  expect(line.substr(at, between.size()) == between);
  at += between.size();
  expect(read_escaped(line, at, '"') == sample.second);
  if (line.substr(at, 6) == "\",le=\"") {
    at = line.find("\"} ", at);
    expect(at != std::string_view::npos);
    return;
  }
  expect(line.substr(at, 3) == "\"} ");
  const Result<double> value = parse_double(line.substr(at + 3));
  expect(value.has_value());
  if (line.starts_with("x_total")) {
    expect(*value == sample.value || (std::isnan(*value) && std::isnan(sample.value)));
  }
}

void check_text(std::string_view text, ExpositionFormat format, const Sample& sample) {
  expect(is_valid_utf8(text) && text.ends_with('\n') && text.find('\0') == std::string_view::npos);
  text.remove_suffix(1);
  const bool open_metrics = format == ExpositionFormat::OpenMetrics1;
  std::size_t samples = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("# HELP ")) {
      std::size_t at = line.find(' ', 7) + 1;
      expect(read_escaped(line, at, '\n') == sample.help);
    } else if (!line.starts_with('#')) {
      ++samples;
      check_sample_line(line, sample);
    }
  }
  expect(samples == 5);
  expect(open_metrics == text.ends_with("# EOF"));
}

void check_format(std::string_view bytes, ExpositionFormat format) {
  Input input(bytes);
  const std::string_view help = input.text();
  const std::string_view first = input.text();
  const std::string_view second = input.text();
  const double value = input.number();
  const Sample sample{shown(help), shown(first), shown(second), value};
  ExpositionWriter writer(format, {});
  writer.counter("x_total", help, {"first", "second"}).sample({first, second}, value);
  HistogramValue histogram{{0.5}, {}, 0, {}};
  observe(histogram, value);
  writer.histogram("h", help, {"first", "second"}).histogram({first, second}, histogram);
  writer.finish();
  check_text(writer.out(), format, sample);
}

}  // namespace
}  // namespace picket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data),
                               size);  // NOLINT(*-reinterpret-cast): bytes
  picket::check_format(bytes, picket::ExpositionFormat::Text004);
  picket::check_format(bytes, picket::ExpositionFormat::OpenMetrics1);
  // The Accept field is a stranger's too.
  picket::negotiate_format(bytes);
  return 0;
}
