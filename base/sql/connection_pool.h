// A bounded number of connections of one kind, made when they are needed. Whoever takes one has it alone
// until the Lease goes. Safe from any thread.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/exec/mutex.h"
#include "base/text/duration.h"

namespace picket::sql {

template <class Connection>
class ConnectionPool {
 public:
  /// A place in the pool, with the connection that it has or will have.
  class Lease {
   public:
    Lease(ConnectionPool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(std::move(connection_));
    }
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&&) = delete;

    explicit operator bool() const { return pool_ != nullptr; }  ///< false: none came free in time
    /// Empty when it has yet to be made, or was broken and let go.
    std::unique_ptr<Connection>& connection() { return connection_; }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  explicit ConnectionPool(std::size_t capacity) : free_places_(capacity) {}

  Lease take(Duration patience) PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
    std::unique_lock lock(mutex_);
    if (!released_.wait_for(lock, patience, [this] { return free_places_ > 0; }))
      return Lease(nullptr, nullptr);
    --free_places_;
    if (idle_.empty()) return Lease(this, nullptr);
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    return Lease(this, std::move(connection));
  }

  /// Lets go of the connections that nobody uses now.
  void close_idle() EXCLUDES(mutex_) {
    std::vector<std::unique_ptr<Connection>> closing;  // closed after the lock is open again
    const MutexLock lock(mutex_);
    closing.swap(idle_);
  }

 private:
  void give_back(std::unique_ptr<Connection> connection) EXCLUDES(mutex_) {
    {
      const MutexLock lock(mutex_);
      ++free_places_;
      if (connection) idle_.push_back(std::move(connection));
    }
    released_.notify_one();
  }

  Mutex mutex_;
  ConditionVariable released_;
  std::size_t free_places_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);
};

}  // namespace picket::sql
