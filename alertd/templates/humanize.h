// Numbers for people, as Prometheus' and Alertmanager's templates write them.
#pragma once

#include <string>

namespace picket::alertd {

std::string humanize(double value);             ///< 1.235M, 12.34m
std::string humanize_1024(double value);        ///< 1.178Mi
std::string humanize_duration(double seconds);  ///< 1d 2h 3m 4s, 12.34ms
std::string humanize_percentage(double ratio);  ///< 12.34%
/// "2026-01-05 12:00:00 +0000 UTC", of seconds since 1970.
std::string humanize_timestamp(double unix_seconds);

}  // namespace picket::alertd
