#include "authd/config/restart.h"

#include <gmock/gmock.h>

namespace picket::authd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

AuthdConfig config_of(std::string_view text) {
  return parse_config<AuthdConfig>(text, "authd.yml", RealFiles()).value();
}

TEST(WaitsForRestart, NothingThatAReloadPutsInForce) {
  EXPECT_THAT(waits_for_restart({}, {}), IsEmpty());
  EXPECT_THAT(
      waits_for_restart({}, config_of("public_url: https://auth.example.org\n"
                                      "mail: {from: a@example.org, smtp: {smarthost: \"localhost:25\"}}\n"
                                      "audit: {file: /var/log/audit.jsonl}\n"
                                      "ratelimit: {enabled: false}\n"
                                      "lockout: {failures: 3}\n")),
      IsEmpty());
}

TEST(WaitsForRestart, EachKeyThatOnlyTheStartReads) {
  EXPECT_THAT(
      waits_for_restart({}, config_of("kdf: {threads: 3}\n"
                                      "tokens: {cache_entries: 10}\n"
                                      "ratelimit: {redis: {address: \"127.0.0.1:6379\"}, redis_down: deny, "
                                      "subjects_max: 7000, when_full: deny, blocks_max: 7}\n")),
      ElementsAre("kdf", "tokens.cache_entries", "ratelimit.redis", "ratelimit.redis_down",
                  "ratelimit.subjects_max", "ratelimit.when_full", "ratelimit.blocks_max"));
}

}  // namespace
}  // namespace picket::authd
