// What to look at, by the reason of the failure and the kind of check.
#include <gtest/gtest.h>

#include "exporters/health/checks/health_config.h"
#include "exporters/health/engine/recommendation.h"
#include "exporters/health/probers/register_probers.h"

namespace picket::health {
namespace {

TEST(Recommendation, FitsTheCredentialsOfItsProber) {
  const RealFiles files;
  const ProberRegistry probers = all_probers();
  const auto config = parse_health_config(R"(
checks:
- {name: db, prober: {postgres: {dsn: "postgresql://u@127.0.0.1/x"}}}
- {name: cache, prober: {redis: {target: "127.0.0.1:6379"}}}
- {name: web, prober: {http: {url: "http://127.0.0.1/"}}}
)",
                                          "health.yml", files, probers);
  ASSERT_TRUE(config) << config.error().message;
  const std::vector<std::string> expected = {"database", "ACL", "credentials"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CheckStatus status;
    status.config = config->checks.at(i);
    status.state = State::Down;
    status.last_error = std::make_shared<LastError>(LastError{{}, FailureReason::Auth, "denied"});
    EXPECT_NE(recommendation_for(status).find(expected[i]), std::string::npos) << recommendation_for(status);
  }
}

}  // namespace
}  // namespace picket::health
