// Delivers one claimed message by its notifier, and records how the try ended. Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alertd/delivery/delivery_metrics.h"
#include "alertd/notify/notifier.h"
#include "alertd/outbox/delivery_config.h"
#include "alertd/outbox/outbox.h"
#include "base/crypto/random.h"
#include "base/exec/mutex.h"
#include "base/log/logger.h"

namespace picket::alertd {

/// The notifier of an integration in the configuration in force, by Integration::id; null when it is gone.
using NotifierLookup = std::function<std::shared_ptr<Notifier>(const std::string& integration_id)>;

/// What it works with; all of it outlives the worker.
struct DeliveryParts {
  Outbox& outbox;
  DeliveryObserver& observer;
  NotifierLookup notifiers;
  const Clock& clock;
  Random& random;
  Logger& log;
  DeliveryMetrics& metrics;
};

/// How a try ended, and what follows.
struct Tried {
  Delivery delivery;
  DeliveryResult result = {};
  Outbox::Verdict verdict = {};
  std::string_view gave_up = {};  ///< why, or ""
};

class DeliveryWorker {
 public:
  /// `name` is the one that claims are made under.
  DeliveryWorker(std::string name, DeliveryParts parts) : name_(std::move(name)), parts_(std::move(parts)) {}

  /// Blocks up to the notifier's attempt_timeout().
  Tried deliver(const Delivery& delivery, const DeliveryConfig& config);
  /// Blocks for a transaction. False when the store cannot do it now: ask again, or it is sent again.
  bool record(const Tried& tried);
  /// Tries under way, and any that still begin, end soon.
  void stop() EXCLUDES(mutex_);
  const std::string& name() const { return name_; }

 private:
  DeliveryResult attempt(const Delivery& delivery, const std::shared_ptr<Notifier>& notifier);
  DeliveryResult ask(const Delivery& delivery, const std::shared_ptr<Notifier>& notifier) EXCLUDES(mutex_);
  Outbox::Verdict verdict(const Delivery& delivery, const DeliveryConfig& config,
                          const DeliveryResult& result, std::string_view gave_up);
  void log_attempt(const Delivery& delivery, const DeliveryResult& result);

  const std::string name_;
  DeliveryParts parts_;
  Mutex mutex_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  /// Of the tries under way; a reload may have replaced some in the configuration.
  std::vector<std::shared_ptr<Notifier>> in_use_ GUARDED_BY(mutex_);
};

}  // namespace picket::alertd
