// A service level objective as its file says it (docs/slo.md): which share of which events must be good, over
// how long. Used by slo_rules, which makes rules and tests of it. Pure, but for the file it is read from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "base/text/duration.h"

namespace picket::slo {

/// Events that are counted. Each of the texts is PromQL: events per second over [5m], as one series.
struct Events {
  std::string total{};
  std::string errors{};  ///< or "": then `good` is there
  std::string good{};    ///< or "": then `errors` is there
  std::string alive{};   ///< a series that is there while the service is scraped; "": none is named
};

/// Requests that are fast enough, of a classic histogram in seconds.
struct Latency {
  std::string histogram{};           ///< without _bucket
  std::string matchers{};            ///< `job="shop"`, without braces; "": every series
  double threshold = 0;              ///< seconds, the bound of a bucket
  std::optional<double> fallback{};  ///< the bound to take where a histogram has none at the threshold
};

struct Objective {
  std::string name{};
  std::string service{};
  double budget = 0;  ///< the share of the events that may be bad: 0.001 of an objective of 99.9 %
  int period_days = 30;
  std::optional<Events> events{};    ///< either this
  std::optional<Latency> latency{};  ///< or that
  std::string description{};
  std::string team = "platform";
  std::string category{};            ///< of the alerts' label
  std::string runbook{};             ///< of the alerts on the budget; "": the shipped pages
  double events_per_hour_min = 100;  ///< below it the fastest page is silent
  bool optional = false;             ///< its series need not be there
};

/// A file of objectives: `slos`, with `service` and `team` above it for those that name none.
struct ObjectiveFile {
  std::vector<Objective> objectives{};
};
void read_yaml(MapReader& r, Events& events);
void read_yaml(MapReader& r, Latency& latency);
void read_yaml(MapReader& r, Objective& objective);
void read_yaml(MapReader& r, ObjectiveFile& file);

/// The share that must be good, as people write it: "99.9".
std::string percent(const Objective& objective);
/// A number as rules show it: twelve digits at most, without the dust of binary fractions.
std::string plain_number(double value);

/// Every objective of the files, in their order. InvalidInput holds every problem with its line, also of two
/// objectives of one service and name.
Result<std::vector<Objective>> read_objectives(const std::vector<std::string>& paths, const Files& files);

}  // namespace picket::slo
