#include "base/daemon/cleanup_stack.h"

namespace picket {

void CleanupStack::push(std::string name, std::function<void()> work) {
  cleanups_.push_back({std::move(name), std::move(work)});
}

void CleanupStack::run() {
  while (!cleanups_.empty()) {
    const Cleanup cleanup = std::move(cleanups_.back());
    cleanups_.pop_back();
    const MonoTime start = clock_.mono();
    cleanup.work();
    log_.debug("cleaned up", {{"what", cleanup.name}, {"seconds", seconds(clock_.mono() - start)}});
  }
}

}  // namespace picket
