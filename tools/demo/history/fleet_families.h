// The past of the fleet's own metrics, of the shop's and of those of the foreign exporters: made up, in the shape that
// they have while the demo runs.
#pragma once

#include "tools/demo/history/family.h"

namespace picket::demo {

enum class TargetKind { Daemon, Engine, Shop, Foreign };
/// A program that is scraped: {"authd", 9180, TargetKind::Daemon}.
struct Target {
  std::string_view job;
  int port = 0;
  TargetKind kind = TargetKind::Daemon;
};
const std::vector<Target>& targets();

/// Requests a second of the shop, without and with those that failed.
double shop_requests(const Past& past, std::int64_t at);
double shop_error_ratio(const Past& past, std::int64_t at);
/// Seconds: the middle of what a request of the shop took.
double shop_median(const Past& past, std::int64_t at);
/// Logins and failed ones a second.
double logins(const Past& past, std::int64_t at);
double failed_logins(const Past& past, std::int64_t at);
/// Requests with attack patterns a second.
double attacks(const Past& past, std::int64_t at);

std::vector<Family> fleet_families(const Past& past);

}  // namespace picket::demo
