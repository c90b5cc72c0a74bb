// A result as text, for the disk, and back.
#pragma once

#include "base/result/result.h"
#include "exporters/business/queries/query_config.h"
#include "exporters/business/results/result.h"

namespace picket::business {

std::string encode_result(const QueryResult& result);
/// Corrupt when the text is not what encode_result() writes for a result of `query`.
Result<QueryResult> decode_result(std::string_view text, const QueryConfig& query);

}  // namespace picket::business
