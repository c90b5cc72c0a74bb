// A family of every type, with awkward text: shown to golden tests and to foreign parsers.
#pragma once

#include <array>

#include "base/metrics/metric_writer.h"

namespace picket::test {

inline void write_every_type(MetricWriter& writer) {
  using std::chrono::milliseconds;
  const Exemplar request{{{"trace_id", "abc"}}, 0.25, WallTime(milliseconds(1767614400125))};
  FamilyWriter& requests = writer.counter("app_requests_total", "Requests answered.", {"handler", "code"});
  requests.sample({"/", "200"}, 3, &request);
  requests.sample({"/a\"b\\c\nd", "500"}, 1e17);

  writer.gauge("app_temperature_celsius", "Temperature; \"quoted\", back\\slash,\nnew line.")
      .sample({}, -0.5, &request);

  HistogramValue latency{{0.005, 1, 1e6}, {}, 0, {}};
  for (const double value : {0.002, 0.5, 1.0, 2e6}) observe(latency, value);
  latency.exemplars.resize(4);
  latency.exemplars[1] = Exemplar{{{"trace_id", "def"}}, 0.5, {}};
  writer.histogram("app_latency_seconds", "Time taken.", {"path"}).histogram({"/x"}, latency);

  writer.info("app_build_info", "Constant 1, labelled by build.", {"version"}).sample({"1.0"}, 1);

  constexpr std::array<std::string_view, 2> kModes = {"slow", "fast"};
  writer.stateset("app_mode", "The mode.", {"app_mode"}).states({}, kModes, "fast");
  constexpr std::array<std::string_view, 2> kStates = {"up", "down"};
  writer.stateset("app_state", "State of each part.", {"part", "state"}).states({"db"}, kStates, "up");

  writer.histogram("app_bare_seconds", "No labels.").histogram({}, HistogramValue{{}, {2}, 7, {}});
}

}  // namespace picket::test
