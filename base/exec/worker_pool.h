// A fixed number of threads that run tasks from a bounded queue. Straight blocking code lives here. Safe from
// any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/exec/bounded_queue.h"

namespace picket {

class WorkerPool {
 public:
  struct Size {
    std::size_t threads = 1;
    std::size_t queue = 1024;
  };

  WorkerPool(std::string name, Size size);
  /// Runs what is queued, then joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False when the queue is full: the caller says so to whoever asked (503, "overload"). A task that
  /// throws ends alone: see task_failures.h.
  bool submit(std::function<void()> task);

  std::size_t threads() const { return threads_.size(); }
  std::size_t queued() const { return queue_.size(); }
  std::size_t busy() const { return busy_.load(); }
  std::uint64_t refused() const { return queue_.refused(); }

 private:
  void work(const std::stop_token& stop);

  const std::string name_;
  BoundedQueue<std::function<void()>> queue_;
  std::atomic<std::size_t> busy_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace picket
