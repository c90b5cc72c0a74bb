// One entry of `sources:`: where lines come from and how they are written.
#pragma once

#include <string>
#include <vector>

#include "base/config/reader.h"
#include "exporters/security/formats/format_config.h"
#include "exporters/security/tail/file_tail.h"

namespace picket::security {

struct SourceConfig {
  std::string name;  ///< a label, and the name of the state's file
  FormatConfig format;
  TailOptions files;

  bool operator==(const SourceConfig&) const = default;
};

void read_yaml(MapReader& r, SourceConfig& source);

}  // namespace picket::security
