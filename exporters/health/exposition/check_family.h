// A metric family over checks, as a table row: what it is called and how one check writes its series.
#pragma once

#include <span>
#include <string_view>

#include "base/metrics/metric_writer.h"
#include "exporters/health/engine/check_status.h"

namespace picket::health {

struct CheckFamily {
  MetricType type = MetricType::Gauge;
  std::string_view name;
  std::string_view help;
  std::initializer_list<std::string_view> labels;
  void (*write)(FamilyWriter& family, const CheckStatus& check);
};

// The tables, in the order in which they are shown.
std::span<const CheckFamily> state_families();  ///< health_check_*
std::span<const CheckFamily>
protocol_families();  ///< health_http_*, health_tls_*, health_dns_*, health_icmp_*
std::span<const CheckFamily> backend_families();     ///< health_smtp_*, health_postgres_*, health_redis_*
std::span<const CheckFamily> filesystem_families();  ///< health_filesystem_*: of one check per mount
std::span<const CheckFamily> system_families();      ///< health_cpu_*, health_memory_*, ...: of one check

/// The facts of the last probe, when they are of that kind.
template <class T>
const T* facts(const CheckStatus& check) {
  return check.last ? std::get_if<T>(&check.last->facts) : nullptr;
}

/// The label that every series of a check begins with.
inline const std::string& name(const CheckStatus& check) {
  return check.config->name;
}

HistogramValue to_value(const LatencyHistogram& histogram);

}  // namespace picket::health
