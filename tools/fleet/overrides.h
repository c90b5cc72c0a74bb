// run/overrides.yml: what a person changes of the files that ./picket run writes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/config/reader.h"
#include "tools/fleet/thresholds.h"

namespace picket::fleet {

struct ScrapeJob {
  std::string name{};
  YamlNode node{};  ///< as prometheus.yml has it, "job_name" included
};

struct Overrides {
  Thresholds thresholds{};               ///< all of them, with the changed values
  std::vector<ScrapeJob> scrape_jobs{};  ///< in file order, each name once
  YamlNode prometheus{};                 ///< other parts of prometheus.yml by their key; a map or null
  std::string runbooks{};                ///< "": the links of the rules stay as they are; else ends with '/'
  std::string grafana{};                 ///< the same for dashboards
  std::map<std::string, std::string> urls{};  ///< "alertd": where people reach it
};

/// A program of the fleet: `links` may name it, and prometheus.yml its address as ${name}.
struct Program {
  std::string name;
  int port = 0;
  bool stays_here = false;  ///< listens on this machine alone, whatever the others do
};
const std::vector<Program>& programs();

/// `shipped` are the values of rules/thresholds.yml. A file that is not there changes nothing. InvalidInput
/// holds every problem with its line.
Result<Overrides> read_overrides(const std::string& path, const Thresholds& shipped, const Files& files);

/// The items of a `scrape_configs`; every problem with one is added to the reader's.
std::vector<ScrapeJob> read_scrape_jobs(const ValueReader& list);

}  // namespace picket::fleet
