// The JSON reader on any bytes: it must end within its limits, and what it takes must come back from the
// writer as it was read.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = picket::parse_json(text, {.bytes = 1 << 16, .depth = 16, .values = 1000});
  if (!value) return 0;
  const auto again = picket::parse_json(picket::to_json(*value));
  if (!again || *again != *value) std::abort();
  const auto unique = picket::parse_json(text, {.bytes = 1 << 16, .depth = 16, .repeated_keys = false});
  if (unique && *unique != *value) std::abort();
  return 0;
}
