// `signals:` in security.yml: from when on activity is worth an event. Counts are of `window`.
#pragma once

#include <vector>

#include "base/config/reader.h"
#include "base/time/calendar.h"

namespace picket::security {

struct BruteForceConfig {
  std::uint32_t failures = 20;          ///< failed logins of one client
  std::uint32_t account_failures = 50;  ///< ... and of one account, whatever the clients
  bool operator==(const BruteForceConfig&) const = default;
};

struct SprayingConfig {
  std::uint32_t accounts = 10;  ///< different accounts with failed logins of one client
  bool operator==(const SprayingConfig&) const = default;
};

struct StuffingConfig {
  std::uint32_t clients = 20;   ///< different ones with failed logins
  std::uint32_t accounts = 50;  ///< different ones with failed logins
  double failure_ratio = 0.8;   ///< failed logins by all logins
  bool operator==(const StuffingConfig&) const = default;
};

struct EnumerationConfig {
  std::uint32_t accounts = 10;    ///< different unknown accounts that one client tried
  std::uint32_t not_found = 200;  ///< 404s of one client
  bool operator==(const EnumerationConfig&) const = default;
};

struct ScrapingConfig {
  std::uint32_t requests = 3000;  ///< of one client, ...
  std::uint32_t targets = 1000;   ///< ... to this many different targets
  bool operator==(const ScrapingConfig&) const = default;
};

struct TransfersConfig {
  Bytes transfer_max{1024ULL * 1024 * 1024};     ///< one transfer
  Bytes hourly_max{10ULL * 1024 * 1024 * 1024};  ///< of one client and direction in an hour
  Bytes hourly_min{100ULL * 1024 * 1024};        ///< less in an hour is never too much for the baseline
  double deviations = 6;                         ///< how far above the usual median, in deviations
  std::uint32_t learning_days = 3;               ///< how often an hour of the day was seen before it judges
  std::vector<CalendarWindow> odd_hours{};       ///< none: no hour is odd
  Bytes odd_hours_min{10ULL * 1024 * 1024};      ///< of one client in an odd hour
  bool operator==(const TransfersConfig&) const = default;
};

struct SignalsConfig {
  static constexpr std::size_t kTableMax = 100'000;  ///< clients_max and accounts_max at most

  Duration window = std::chrono::minutes(5);
  Duration quiet = std::chrono::minutes(10);  ///< a detection ends after this long without its activity
  std::size_t clients_max = 10'000;           ///< followed at once; the least active make room
  std::size_t accounts_max = 10'000;
  std::uint32_t events_per_minute = 10;  ///< of a category of refused attacks, of transfers; ten times as
                                         ///< many of accepted attacks, and of a kind of detections
  BruteForceConfig brute_force{};
  SprayingConfig spraying{};
  StuffingConfig stuffing{};
  EnumerationConfig enumeration{};
  ScrapingConfig scraping{};
  TransfersConfig transfers{};
  bool operator==(const SignalsConfig&) const = default;
};

void read_yaml(MapReader& r, BruteForceConfig& brute_force);
void read_yaml(MapReader& r, SprayingConfig& spraying);
void read_yaml(MapReader& r, StuffingConfig& stuffing);
void read_yaml(MapReader& r, EnumerationConfig& enumeration);
void read_yaml(MapReader& r, ScrapingConfig& scraping);
void read_yaml(MapReader& r, TransfersConfig& transfers);
void read_yaml(MapReader& r, SignalsConfig& signals);

}  // namespace picket::security
