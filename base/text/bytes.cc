#include "base/text/bytes.h"

#include <array>
#include <charconv>
#include <limits>

#include "base/text/strings.h"

namespace picket {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t scale;
};
constexpr std::array<Unit, 10> kUnits{{{"", 1},
                                       {"B", 1},
                                       {"KiB", 1ULL << 10},
                                       {"MiB", 1ULL << 20},
                                       {"GiB", 1ULL << 30},
                                       {"TiB", 1ULL << 40},
                                       {"KB", 1'000},
                                       {"MB", 1'000'000},
                                       {"GB", 1'000'000'000},
                                       {"TB", 1'000'000'000'000}}};

}  // namespace

Result<Bytes> parse_bytes(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  for (const Unit& known : kUnits) {
    if (error != std::errc() || !iequals(unit, known.name)) continue;
    if (number > std::numeric_limits<std::uint64_t>::max() / known.scale) break;
    return Bytes{number * known.scale};
  }
  return fail(ErrorKind::InvalidInput,
              fmt::format("\"{}\" is not a size (write it as 512, 64KiB, 10MB or 1GiB)", truncate(text, 64)));
}

std::string format_bytes(Bytes bytes) {
  Unit best = kUnits[0];
  for (const Unit& unit : kUnits) {
    const bool exact = bytes.count % unit.scale == 0 && bytes.count >= unit.scale;
    if (exact && unit.scale > best.scale) best = unit;
  }
  return fmt::format("{}{}", bytes.count / best.scale, best.name);
}

}  // namespace picket
