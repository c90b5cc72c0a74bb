// A delivery loop on a real database and a clock that stands until it is told otherwise, with a notifier that
// does as the test says. Tasks run on the test's thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alertd/delivery/delivery_loop.h"
#include "base/exec/task_failures.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"

namespace picket::alertd::test {

/// Does what `answer` does.
class ToldNotifier final : public Notifier {
 public:
  std::function<DeliveryResult(const Message&)> answer = [](const Message&) { return delivered(); };
  std::function<void()> on_stop = [] {};
  std::vector<std::string> tries;  ///< summaries

  static DeliveryResult result(DeliveryOutcome outcome, int code) {
    DeliveryResult result;
    result.outcome = outcome;
    result.code = code;
    return result;
  }
  static DeliveryResult delivered() { return result(DeliveryOutcome::Delivered, 200); }
  Result<std::vector<Message>> render(const Notification& /*notification*/) override {
    return std::vector<Message>{};
  }
  DeliveryResult deliver(const std::string& /*id*/, const Message& message, Duration /*timeout*/) override {
    tries.push_back(message.summary);
    return answer(message);
  }
  void stop() override { on_stop(); }
  bool send_resolved() const override { return true; }
};

class DeliveryStage {
 public:
  static constexpr const char* kIntegration = "ops/webhook[0]";

  /// Puts a message of a group of its own in. Answers its id.
  std::string put(const std::string& summary) {
    std::string id;
    const Result<void> done = database->transaction([&](sql::Session& session) -> Result<void> {
      NewDelivery delivery;
      delivery.receiver = "ops";
      delivery.integration = "webhook[0]";
      delivery.integration_id = kIntegration;
      delivery.group_key = delivery.stored_group_key = delivery.summary = summary;
      Result<std::string> put = outbox.put(session, delivery);
      if (!put) return fail(put);
      id = std::move(*put);
      return {};
    });
    check(done.has_value(), "the outbox takes the message");
    return last_put = id;
  }
  DeliveryState state_of(const std::string& id) { return outbox.find(id).value()->state; }
  void advance(Duration duration) { scheduler.advance(duration); }

  std::unique_ptr<sql::Database> open() {
    sql::Dsn dsn = sql::Dsn::parse("sqlite:" + dir.file("o.db")).value();
    dsn.busy_timeout = std::chrono::milliseconds(1);
    std::unique_ptr<sql::Database> opened = std::move(sql::Database::open(dsn).value());
    check(opened->migrate("outbox", Outbox::migrations()).has_value(), "the outbox migrates");
    return opened;
  }

  struct Ends final : DeliveryObserver {
    Result<void> store_end(sql::Session& /*session*/, const Delivery& /*delivery*/, bool /*told*/) override {
      return {};
    }
    void ended(const Delivery& /*delivery*/, bool /*told*/) override {}
  };

  std::string last_put;  ///< its id
  std::string logged;
  std::vector<std::string> forgotten;  ///< lanes
  picket::test::TempDir dir;
  picket::test::ManualScheduler scheduler;
  SystemRandom random;
  Logger log{{}, scheduler.clock(), [this](std::string_view line) { logged += line; }};
  MetricRegistry registry;
  DeliveryMetrics metrics{registry};
  Ends ends;
  std::unique_ptr<sql::Database> database = open();
  DeliveryIds ids{scheduler.clock(), random};
  Outbox outbox{*database, ids, scheduler.clock()};
  const std::shared_ptr<ToldNotifier> notifier = std::make_shared<ToldNotifier>();
  /// As a pool does: a task that throws ends alone.
  std::function<bool(const Task&)> run_in_lane = [](const Task& task) {
    TaskFailures::of_process().run("deliver", task);
    return true;
  };
  std::function<bool(const Task&)> run = run_in_lane;
  DeliveryLoop loop{
      {},
      {},
      {.outbox = outbox,
       .observer = ends,
       .notifiers = [this](const std::string&) { return notifier; },
       .clock = scheduler.clock(),
       .random = random,
       .log = log,
       .metrics = metrics},
      {.run = [this](const Task& task) { return run(task); },
       .run_in_lane = [this](const std::string& /*lane*/, const Task& task) { return run_in_lane(task); },
       .forget_lane =
           [this](const std::string& lane) {
             forgotten.push_back(lane);
             return true;
           }},
      scheduler};
};

}  // namespace picket::alertd::test
