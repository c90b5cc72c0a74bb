// business.yml as a whole. Immutable after loading; swapped whole at reload.
#pragma once

#include <memory>

#include "exporters/business/databases/database_config.h"
#include "exporters/business/packs/pack_use.h"
#include "exporters/business/reports/reports_config.h"

namespace picket::business {

struct BusinessConfig {
  std::vector<DatabaseConfig> databases;  ///< names are unique
  std::vector<PackUse> packs;             ///< each pack once at most
  ReportsConfig reports;
  std::vector<std::shared_ptr<const QueryConfig>> queries;  ///< those of the packs, too; names are unique,
                                                            ///< and so are their metrics'
};

/// Reads and checks the file. The error holds every problem. An empty file is valid.
Result<BusinessConfig> load_business_config(const std::string& path, const Files& files);
/// The same on text; `file` is the name in the problems.
Result<BusinessConfig> parse_business_config(std::string_view text, const std::string& file,
                                             const Files& files);

}  // namespace picket::business
