// Dispatcher, outbox and deliveries on a real database, with real notifiers, on a clock that stands until it
// is told otherwise. What scripts (*.test beside this file) are played on. Peers are hosts: http://chat/ is
// the peer "chat".
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alertd/config/loaded_config.h"
#include "alertd/delivery/delivery_loop.h"
#include "alertd/dispatch/dispatcher.h"
#include "alertd/pages/alert_view.h"
#include "base/http/client.h"
#include "base/http/message.h"
#include "base/net/resolver.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/temp_dir.h"

namespace picket::alertd::test {

/// Answers for every peer of a script, and remembers what they were told.
class ScriptedPeers final : public HttpClient {
 public:
  struct Behaviour {
    int status = 200;
    std::string retry_after{};
    bool refuses = false;  ///< no connection
    bool hangs = false;    ///< takes the request and never answers
  };
  void set(const std::string& peer, Behaviour behaviour) { behaviours_[peer] = std::move(behaviour); }
  const Behaviour& of(const std::string& peer) { return behaviours_[peer]; }

  Result<Response> send(const OutboundRequest& request) override;
  ClientResponse exchange(const OutboundRequest& request) override;
  /// "chat: A ~B" for each message that was accepted since the last call; ~ is resolved, + supersedes.
  std::vector<std::string> take_accepted() { return std::exchange(accepted_, {}); }
  /// The same for every try, accepted or not.
  std::vector<std::string> take_tries() { return std::exchange(tries_, {}); }

 private:
  std::map<std::string, Behaviour> behaviours_;
  std::vector<std::string> accepted_, tries_;
};

/// No spread of what waits, so that scripts know the order.
class EvenRandom final : public Random {
 public:
  std::string bytes(std::size_t count) override { return std::string(count, '\x7f'); }
};

class ScriptStage {
 public:
  ScriptStage();
  ~ScriptStage();

  Result<void> configure(const std::string& yaml);  ///< at first a start, then a reload
  void restart();                                   ///< as after kill -9
  void fire(const Labels& labels);
  void resolve(const Labels& labels);
  void advance(Duration duration);
  void step_clock(Duration difference) { scheduler_.manual_clock().step_wall(difference); }
  void set_peer(const std::string& peer, const ScriptedPeers::Behaviour& behaviour);
  ScriptedPeers& peers() { return peers_; }
  /// States of a receiver's messages, oldest first: "failed superseded delivered".
  std::string ledger(const std::string& receiver);
  std::string groups();  ///< public keys, one a line
  AlertView view();      ///< what the page at / shows; it has no rules

 private:
  struct Running;
  struct HeldTask {
    std::string lane;
    Task task;
  };
  Result<std::shared_ptr<const DispatchConfig>> load(const std::string& yaml, DeliveryConfig& delivery);
  void start();
  void apply(const Labels& labels, bool resolved);
  bool run_in_lane(const std::string& lane, Task task);
  void run_held(const std::string& peer);

  picket::test::TempDir dir_;
  picket::test::ManualScheduler scheduler_;
  EvenRandom random_;
  RealFiles files_;
  EventLoop loop_;
  Resolver resolver_{loop_};
  ScriptedPeers peers_;
  Logger log_;
  std::map<Labels, Timestamp> firing_;
  std::deque<HeldTask> held_;
  DeliveryConfig delivery_;
  std::shared_ptr<const DispatchConfig> config_;
  std::unique_ptr<Running> running_;
};

}  // namespace picket::alertd::test
