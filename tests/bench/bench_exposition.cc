// The exposition writer against prometheus-cpp's own serializer, on the same families in the same run:
// 100,000 series with two and three labels. Processor time per answer, best of several runs. Prints `name |
// ours | peer | ratio` lines; exits 1 when a target is missed.
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <functional>
#include <limits>
#include <sstream>

#include "base/metrics/exposition.h"

namespace picket {
namespace {

constexpr int kChecks = 10'000;
constexpr std::array<std::string_view, 5> kStates = {"operational", "degraded", "down", "unknown",
                                                     "maintenance"};
constexpr std::array<std::string_view, 5> kPhases = {"resolve", "connect", "tls", "processing", "transfer"};
constexpr double kTargetMs = 10;
constexpr double kTargetRatio = 10;

/// What both sides show: five states and five phases of 10,000 checks.
struct CheckSeries {
  std::string name;
  std::string group;
  std::array<double, 5> phase_seconds{};
  std::array<double, 5> state_seconds{};
};

std::vector<CheckSeries> make_checks() {
  std::vector<CheckSeries> checks;
  for (int i = 0; i < kChecks; ++i) {
    CheckSeries check{"check-" + std::to_string(i), "group-" + std::to_string(i % 40), {}, {}};
    for (std::size_t k = 0; k < 5; ++k) {
      check.phase_seconds[k] = static_cast<double>(123'457L * (i + 1) * static_cast<long>(k + 1)) / 1e9;
      check.state_seconds[k] = static_cast<double>(i) * 300 * static_cast<double>(k);
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

/// Counts what the server would send, piece by piece, or keeps it all.
class Pieces {
 public:
  Pieces(ExpositionFormat format, bool keep) : writer_(format, {}), keep_(keep) {}
  ExpositionWriter& writer() { return writer_; }
  void offer() {
    if (keep_ || writer_.out().size() < std::size_t{64} * 1024) return;
    bytes_ += writer_.out().size();
    writer_.out().clear();
  }
  std::size_t finish() {
    writer_.finish();
    return bytes_ + writer_.out().size();
  }

 private:
  ExpositionWriter writer_;
  const bool keep_;
  std::size_t bytes_ = 0;
};

void write_checks(const std::vector<CheckSeries>& checks, Pieces& pieces) {
  ExpositionWriter& writer = pieces.writer();
  FamilyWriter& states =
      writer.counter("health_check_state_seconds_total", "Time spent in each state.", {"check", "state"});
  for (const CheckSeries& check : checks) {
    for (std::size_t k = 0; k < 5; ++k) states.sample({check.name, kStates[k]}, check.state_seconds[k]);
    pieces.offer();
  }
  FamilyWriter& phases = writer.gauge("health_check_phase_duration_seconds", "Phase time of the last probe.",
                                      {"check", "group", "phase"});
  for (const CheckSeries& check : checks) {
    for (std::size_t k = 0; k < 5; ++k) {
      phases.sample({check.name, check.group, kPhases[k]}, check.phase_seconds[k]);
    }
    pieces.offer();
  }
}

void fill_registry(const std::vector<CheckSeries>& checks, prometheus::Registry& registry) {
  auto& states = prometheus::BuildCounter()
                     .Name("health_check_state_seconds_total")
                     .Help("Time spent in each state.")
                     .Register(registry);
  auto& phases = prometheus::BuildGauge()
                     .Name("health_check_phase_duration_seconds")
                     .Help("Phase time of the last probe.")
                     .Register(registry);
  for (const CheckSeries& check : checks) {
    for (std::size_t k = 0; k < 5; ++k) {
      states.Add({{"check", check.name}, {"state", std::string(kStates[k])}})
          .Increment(check.state_seconds[k]);
      phases.Add({{"check", check.name}, {"group", check.group}, {"phase", std::string(kPhases[k])}})
          .Set(check.phase_seconds[k]);
    }
  }
}

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double best_ms(int runs, const std::function<void()>& work) {
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < runs; ++i) {
    const double start = cpu_ms();
    work();
    best = std::min(best, cpu_ms() - start);
  }
  return best;
}

std::size_t encode_all(const std::vector<CheckSeries>& checks, ExpositionFormat format, bool keep) {
  Pieces pieces(format, keep);
  write_checks(checks, pieces);
  return pieces.finish();
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  std::string out(text.size() / 2 + 1024, '\0');
  deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());  // NOLINT(*-reinterpret-cast): zlib's byte type
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());  // NOLINT(*-reinterpret-cast): zlib's byte type
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void print(std::string_view name, double ours, double peer) {
  fmt::print("{} | {:.2f} ms | {:.2f} ms | {:.1f}x\n", name, ours, peer, peer / ours);
}

int run() {
  const std::vector<CheckSeries> checks = make_checks();
  prometheus::Registry registry;
  fill_registry(checks, registry);
  const auto families = registry.Collect();
  const prometheus::TextSerializer serializer;

  std::string peer_text;
  const double serialize = best_ms(5, [&] { peer_text = serializer.Serialize(families); });
  const double collect = best_ms(3, [&] { peer_text = serializer.Serialize(registry.Collect()); });
  const double text = best_ms(15, [&] { encode_all(checks, ExpositionFormat::Text004, false); });
  const double whole = best_ms(15, [&] { encode_all(checks, ExpositionFormat::Text004, true); });
  const double open_metrics = best_ms(15, [&] { encode_all(checks, ExpositionFormat::OpenMetrics1, false); });

  Pieces all(ExpositionFormat::Text004, true);
  write_checks(checks, all);
  const std::string& our_text = all.writer().out();
  std::size_t zipped = 0;
  const double zip = best_ms(3, [&] { zipped = gzip(our_text).size(); });
  const double peer_zip = best_ms(3, [&] { gzip(peer_text); });

  fmt::print("name | ours | peer | ratio\n");
  print("exposition: 100k series, text 0.0.4, streamed", text, serialize);
  print("exposition: 100k series, text 0.0.4, in one string", whole, serialize);
  print("exposition: 100k series, text 0.0.4, collect and encode", text, collect);
  print("exposition: 100k series, OpenMetrics (peer: text)", open_metrics, serialize);
  print("exposition: 100k series, text 0.0.4, encode and gzip -1", text + zip, serialize + peer_zip);
  fmt::print("exposition: {:.1f} MB of text, {:.1f} MB with gzip -1\n",
             static_cast<double>(our_text.size()) / 1e6, static_cast<double>(zipped) / 1e6);
  const bool met = text <= kTargetMs && serialize / text >= kTargetRatio;
  fmt::print("exposition: target {} ms and {}x: {}\n", kTargetMs, kTargetRatio, met ? "met" : "MISSED");
  return met ? 0 : 1;
}

}  // namespace
}  // namespace picket

int main() {
  return picket::run();
}
