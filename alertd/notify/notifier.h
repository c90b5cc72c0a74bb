// One way to reach people: email, SMS, Slack, webhook. Rendering is apart from delivering: a message is
// rendered once, in the transaction that decided to send it, and delivered from the outbox as often as it
// takes. Implementations are safe from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alertd/notify/notification.h"
#include "base/deliver/delivery.h"

namespace picket::alertd {

/// A rendered message to one target. The payload holds no secret: URLs and credentials stay in the
/// configuration, and a templated URL is made again for each try.
struct Message {
  std::string target;   ///< for people: "ops@example.org", "+14155550100", "#alerts"
  std::string summary;  ///< one line for lists and logs
  std::string payload;
  /// Texts that could not be expanded; the error stands in their place. Of a render's first message alone.
  std::vector<std::string> template_errors = {};
  std::string supersedes = {};  ///< id of the message that this one takes the place of, or ""
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  /// No I/O. One message per target that can succeed or fail alone; a template that fails holds none back.
  virtual Result<std::vector<Message>> render(const Notification& notification) = 0;
  /// Blocks up to `timeout`. `id` is the same on every try: the idempotency key or Message-ID.
  virtual DeliveryResult deliver(const std::string& id, const Message& message, Duration timeout) = 0;
  /// The `timeout` that deliver() is best given.
  virtual Duration attempt_timeout() const { return std::chrono::seconds(30); }
  /// The daemon stops: a deliver() that could still take long ends soon.
  virtual void stop() {}
  /// Whether a resolved notification is wanted (send_resolved).
  virtual bool send_resolved() const = 0;
};

/// "email[0]" is of kind "email".
inline std::string_view integration_kind(std::string_view integration) {
  return integration.substr(0, integration.find('['));
}

/// An integration of a receiver, named "email[0]".
struct Integration {
  std::string name;
  std::shared_ptr<Notifier> notifier;
  /// Which one it is, wherever it stands: content_key() of its own configuration. Two that are configured
  /// alike have the same key.
  std::string content_key = {};
  /// What its messages and what it was told are stored under; see dispatch/integration_ids.h.
  std::string id = {};
};

}  // namespace picket::alertd
