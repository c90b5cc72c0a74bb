#include "exporters/business/demo/markets.h"

#include <array>

namespace picket::business {
namespace {

constexpr std::array kMarkets{
    Market{"DE", "EUR", "Europe/Berlin", 1, 0.30, 1},
    Market{"FR", "EUR", "Europe/Paris", 1, 0.14, 1},
    Market{"GB", "GBP", "Europe/London", 0, 0.14, 0.86},
    Market{"US", "USD", "America/New_York", -5, 0.20, 1.1},
    Market{"US", "USD", "America/Los_Angeles", -8, 0.10, 1.1},
    Market{"JP", "JPY", "Asia/Tokyo", 9, 0.07, 1.6},  // a yen has no parts
    Market{"PL", "PLN", "Europe/Warsaw", 1, 0.05, 4.3},
};

}  // namespace

std::span<const Market> markets() {
  return kMarkets;
}

}  // namespace picket::business
