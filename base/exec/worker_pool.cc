#include "base/exec/worker_pool.h"

#include <pthread.h>

#include "base/exec/task_failures.h"

namespace picket {

WorkerPool::WorkerPool(std::string name, Size size) : name_(std::move(name)), queue_(size.queue) {
  threads_.reserve(size.threads);
  for (std::size_t i = 0; i < size.threads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    constexpr std::size_t kNameMax = 15;  // pthread_setname_np(3)
    pthread_setname_np(threads_.back().native_handle(), name_.substr(0, kNameMax).c_str());
  }
}

WorkerPool::~WorkerPool() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

bool WorkerPool::submit(std::function<void()> task) {
  return queue_.push(std::move(task));
}

void WorkerPool::work(const std::stop_token& stop) {
  for (auto task = queue_.pop(stop); task; task = queue_.pop(stop)) {
    ++busy_;
    TaskFailures::of_process().run(name_, *task);
    *task = nullptr;  // what it holds ends now, not when the next task comes
    --busy_;
  }
  // After a stop pop() gives nothing, whatever waits: what was accepted still runs.
  for (auto task = queue_.try_pop(); task; task = queue_.try_pop())
    TaskFailures::of_process().run(name_, *task);
}

}  // namespace picket
