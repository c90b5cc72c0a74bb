// A reader with the parser of its source's format.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "exporters/security/sources/source_reader.h"

namespace picket::security {

inline Result<std::unique_ptr<SourceReader>> open_reader(const SourceConfig& config, const SourceParts& parts,
                                                         const Analysis& analysis,
                                                         std::optional<HandedOver> before = std::nullopt) {
  Result<std::unique_ptr<LineParser>> parser = make_parser(config.format);
  if (!parser) return fail(parser, config.name);
  return SourceReader::open(config, parts, analysis, std::move(*parser), std::move(before));
}

}  // namespace picket::security
