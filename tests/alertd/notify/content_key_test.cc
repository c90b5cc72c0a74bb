// By what a waiting message finds its integration again after a reload.
#include "alertd/notify/content_key.h"

#include <gtest/gtest.h>

#include "alertd/config/receiver_config.h"

namespace picket::alertd {
namespace {

ReceiverConfig receiver(const std::string& integrations) {
  const RealFiles files;
  const Result<ReceiverConfig> read =
      parse_config<ReceiverConfig>("name: r\n" + integrations, "alertd.yml", files);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *read : ReceiverConfig{};
}

std::string webhook_key(const std::string& webhook) {
  return receiver("webhook_configs: [" + webhook + "]").webhook.at(0).content_key;
}

TEST(ContentKey, IsOfWhatAnIntegrationSaysAndNotOfWhereItStands) {
  const std::string alpha = webhook_key("{url: 'http://h/alpha', max_alerts: 3}");
  EXPECT_EQ(alpha.size(), 32U);
  const ReceiverConfig both = receiver(
      "webhook_configs:\n"
      "- url: http://h/beta\n"
      "- max_alerts: 3  # reordered, and written another way\n"
      "  url: \"http://h/alpha\"\n");
  EXPECT_NE(both.webhook[0].content_key, alpha);
  EXPECT_EQ(both.webhook[1].content_key, alpha);
}

TEST(ContentKey, ChangesWithEveryValueAndTheKind) {
  const std::string plain = webhook_key("{url: 'http://h/a'}");
  for (const char* other :
       {"{url: 'http://h/b'}", "{url: 'http://h/a', max_alerts: 1}", "{url: 'http://h/a', signing_secret: s}",
        "{url: 'http://h/a', http_config: {bearer_token: t}}"}) {
    EXPECT_NE(webhook_key(other), plain) << other;
  }
  EXPECT_NE(webhook_key("{url: 'http://h/a', signing_secret: s}"),
            webhook_key("{url: 'http://h/a', signing_secret: t}"));
  const YamlNode nothing;
  EXPECT_NE(content_key("email", nothing), content_key("sms", nothing));
}

TEST(ContentKey, IsTheSameForTwoThatAreAlike) {
  const ReceiverConfig twins = receiver("slack_configs: [{channel: '#a'}, {channel: '#a'}, {channel: '#b'}]");
  EXPECT_EQ(twins.slack[0].content_key, twins.slack[1].content_key);
  EXPECT_NE(twins.slack[0].content_key, twins.slack[2].content_key);
}

}  // namespace
}  // namespace picket::alertd
