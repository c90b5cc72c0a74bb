// Where the demo company sells: countries with their currency, zone and price level.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace picket::business {

struct Market {
  std::string_view country;     ///< ISO 3166
  std::string_view currency;    ///< ISO 4217
  std::string_view zone;        ///< IANA
  std::int64_t offset_hours;    ///< of its standard time: the company sets no clock forward in summer
  double share;                 ///< of the customers
  double minor_units_per_cent;  ///< of the currency, for a euro cent: prices are set in euro
};

std::span<const Market> markets();

}  // namespace picket::business
