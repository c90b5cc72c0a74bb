#include "tools/demo/history/past.h"

#include <array>
#include <span>

namespace picket::demo {
namespace {

constexpr std::int64_t kHour = 3600;

// Of the hours of a day in UTC, then of Thursday (1970-01-01 was one) to Wednesday.
constexpr std::array<double, 24> kHourly{0.40, 0.30, 0.25, 0.25, 0.30, 0.45, 0.70, 1.00,
                                         1.40, 1.70, 1.80, 1.70, 1.50, 1.50, 1.60, 1.60,
                                         1.50, 1.40, 1.30, 1.10, 0.90, 0.70, 0.55, 0.45};
constexpr std::array<double, 7> kWeekdays{1.15, 1.10, 0.65, 0.60, 1.15, 1.20, 1.15};

/// Before the end of the past.
struct Episode {
  std::int64_t ago, lasts;
};
constexpr std::array kFailures{Episode{3 * kDay + 4 * kHour, 2400}, Episode{11 * kDay + 7 * kHour, 1500},
                               Episode{24 * kDay + 2 * kHour, 4200}};
constexpr std::array kSlowness{Episode{6 * kDay + 3 * kHour, 5400}, Episode{19 * kDay + 6 * kHour, 7200}};
constexpr std::array kAttacks{Episode{20 * kHour, 2700}, Episode{9 * kDay + kHour, 5400},
                              Episode{16 * kDay + 9 * kHour, 3600}, Episode{30 * kDay, 3000}};
constexpr std::array<std::int64_t, 4> kDeploys{5 * kDay, 12 * kDay + kHour, 20 * kDay, 28 * kDay + 5 * kHour};

bool is_in(std::span<const Episode> episodes, std::int64_t before_end) {
  for (const Episode& episode : episodes) {
    if (before_end <= episode.ago && before_end > episode.ago - episode.lasts) return true;
  }
  return false;
}

}  // namespace

double Past::busy(std::int64_t at) const {
  const std::int64_t hour = at % kDay / kHour;
  const double within = static_cast<double>(at % kHour) / kHour;
  const auto now = static_cast<std::size_t>(hour), next = static_cast<std::size_t>((hour + 1) % 24);
  const double hourly = kHourly[now] * (1 - within) + kHourly[next] * within;
  const double growth = 1 - 0.12 * static_cast<double>(ends_ - at) / (35 * kDay);
  return hourly * kWeekdays[static_cast<std::size_t>(at / kDay % 7)] * growth;
}

double Past::noise(std::string_view name, std::int64_t at) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a, then a step of SplitMix64
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  hash += static_cast<std::uint64_t>(at) * 0x9e3779b97f4a7c15ULL;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  hash ^= hash >> 31;
  return static_cast<double>(hash >> 11) / static_cast<double>(1ULL << 52) - 1;
}

bool Past::fails(std::int64_t at) const {
  return is_in(kFailures, ends_ - at);
}

bool Past::is_slow(std::int64_t at) const {
  return is_in(kSlowness, ends_ - at);
}

bool Past::is_attacked(std::int64_t at) const {
  return is_in(kAttacks, ends_ - at);
}

std::int64_t Past::started(std::int64_t at) const {
  std::int64_t started = begins_ - kDay;
  for (const std::int64_t ago : kDeploys) {
    const std::int64_t deploy = ends_ - ago;
    if (deploy <= at && deploy > started) started = deploy;
  }
  return started;
}

}  // namespace picket::demo
