// Notifiers as a configuration makes them, and a notification for them to tell.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "alertd/config/loaded_config.h"
#include "base/http/client.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"

namespace picket::alertd {

class RenderingTest : public testing::Test {
 protected:
  /// The integration of that name ("slack[0]") of the receiver "all". `rest` is what stands in alertd.yml
  /// besides its route: receivers, and global settings.
  std::shared_ptr<Notifier> notifier(const std::string& rest, const std::string& integration) {
    RealFiles files;
    EXPECT_TRUE(files.write_atomic(dir_.file("alertd.yml"), "route: {receiver: all}\n" + rest, 0600));
    const Result<LoadedConfig> loaded = load_alertd(dir_.file("alertd.yml"), files);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    if (!loaded) return nullptr;
    const auto dispatch =
        loaded->dispatch("alertd.yml", files, "http://picket:9093", {client_, resolver_, clock_, random_});
    EXPECT_TRUE(dispatch) << (dispatch ? "" : dispatch.error().message);
    if (!dispatch) return nullptr;
    for (const Integration& i : (*dispatch)->receivers.at("all")) {
      if (i.name == integration) return i.notifier;
    }
    ADD_FAILURE() << "no " << integration;
    return nullptr;
  }

  /// What it says; none when there is no such notifier.
  std::vector<Message> render(const std::string& rest, const std::string& integration,
                              const Notification& notification) {
    const std::shared_ptr<Notifier> found = notifier(rest, integration);
    if (found == nullptr) return {};
    Result<std::vector<Message>> messages = found->render(notification);
    EXPECT_TRUE(messages) << (messages ? "" : messages.error().message);
    return messages ? std::move(*messages) : std::vector<Message>{};
  }

  /// Two alerts that fire; `labels` stand on both.
  Notification notification(const std::vector<Label>& labels = {}) {
    Notification n;
    n.receiver = "all";
    n.group_key = "{}:{}";
    n.group_labels = Labels{{"alertname", "ServiceDown"}};
    n.external_url = "http://picket:9093";
    n.reason = "first";
    n.now = clock_.wall();
    for (const char* check : {"redis", "<b>web</b>"}) {
      std::vector<Label> all = labels;
      all.push_back({"alertname", "ServiceDown"});
      all.push_back({"check", check});
      Alert alert;
      alert.labels = Labels(std::move(all));
      alert.annotations = Labels{{"summary", std::string(check) + " is down"}};
      alert.starts_at = clock_.wall();
      n.alerts.push_back(alert);
    }
    return n;
  }

  test::TempDir dir_;
  test::ManualClock clock_;
  SystemRandom random_;
  EventLoop loop_;
  Resolver resolver_{loop_};
  CurlClient client_{loop_, resolver_};
};

}  // namespace picket::alertd
