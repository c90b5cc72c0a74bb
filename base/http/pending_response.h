// The one response to one request, before it is there. A Responder holds it: the first answer counts, none at
// all is a 500. What takes time (compressing, a stream's first piece) happens on a worker, whoever answers.
// Safe from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>

#include "base/exec/worker_pool.h"
#include "base/http/loop_handle.h"
#include "base/http/problem_page.h"
#include "base/http/response_encoder.h"

namespace picket {

class PendingResponse : public std::enable_shared_from_this<PendingResponse> {
 public:
  /// `handler` is the route's name. Runs on the connection's loop, at most once.
  using Deliver = std::function<void(std::shared_ptr<ResponseEncoder>, std::string_view handler)>;

  struct Needs {
    std::shared_ptr<LoopHandle> loop;
    WorkerPool& pool;
    ResponseEncoder::Options options;
    ProblemView problems{};
  };
  PendingResponse(Needs needs, Deliver deliver) : needs_(std::move(needs)), deliver_(std::move(deliver)) {}
  ~PendingResponse();
  PendingResponse(const PendingResponse&) = delete;
  PendingResponse& operator=(const PendingResponse&) = delete;

  void send(Response response);
  /// Called before the handler runs, by whoever runs it. The name must live as long as the server.
  void set_handler(std::string_view name) { handler_ = name; }
  /// The calling thread may block: answers that it gives are made ready right there.
  void set_worker(std::thread::id id) { worker_.store(id); }

 private:
  bool is_long_work(const Response& response) const;
  void hand_over(Response response);
  void deliver(Response response, ResponseEncoder::Options options);

  const Needs needs_;
  const Deliver deliver_;
  std::string_view handler_;
  std::atomic<std::thread::id> worker_{};
  std::atomic<bool> answered_{false};
};

}  // namespace picket
