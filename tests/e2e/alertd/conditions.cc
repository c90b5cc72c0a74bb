#include "tests/e2e/alertd/conditions.h"

#include <algorithm>
#include <chrono>

#include "tests/support/give_up.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

std::string scrape_config(int port) {
  return "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n"
         "  - {job_name: shop, static_configs: [{targets: [\"127.0.0.1:" +
         std::to_string(port) + "\"], labels: {instance: \"shop:9100\"}}]}\n";
}

}  // namespace

Conditions::Conditions(const Series& series)
    : series_(series),
      exporter_([this](const PeerRequest&) {
        return PeerAnswer{200, text(), {}};
      }),
      prometheus_(scrape_config(exporter_.port())) {}

void Conditions::set(const Series& series) {
  const MutexLock lock(mutex_);
  for (const auto& [name, value] : series) series_[name] = value;
}

Conditions::Series Conditions::all() const {
  const MutexLock lock(mutex_);
  return series_;
}

std::string Conditions::text() const {
  std::string text;
  for (const auto& [name, value] : all()) text += name + " " + std::to_string(value) + "\n";
  return text;
}

void Conditions::wait_until_scraped() const {
  const Series series = all();
  const bool is_scraped = wait_until(std::chrono::seconds(30), std::chrono::milliseconds(100), [&] {
    return std::ranges::all_of(series,
                               [&](const auto& one) { return prometheus_.value(one.first) == one.second; });
  });
  if (!is_scraped) give_up("Prometheus does not show the conditions: " + text());
}

}  // namespace picket::test
