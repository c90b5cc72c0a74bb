// libcurl's multi interface on an EventLoop: which sockets to watch, when to wake up, which transfers have
// ended. Inside of CurlClient; everything on the loop's thread.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <vector>

#include "base/net/event_loop.h"

namespace picket {

class CurlDriver {
 public:
  /// A transfer ended; its handle is out of the multi handle already.
  using Finished = std::function<void(CURL* transfer, CURLcode code)>;

  CurlDriver(EventLoop& loop, std::size_t max_idle, Finished finished);
  /// No transfer may be under way.
  ~CurlDriver();
  CurlDriver(const CurlDriver&) = delete;
  CurlDriver& operator=(const CurlDriver&) = delete;

  /// A handle with libcurl's defaults; null when memory is short.
  CURL* take();
  void give_back(CURL* transfer);
  bool start(CURL* transfer);
  /// Ends it without a word to `finished`.
  void cancel(CURL* transfer);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
  std::vector<CURL*> spare_;
};

}  // namespace picket
