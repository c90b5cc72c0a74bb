// What the connections of one loop share; what all of a server's connections share is behind `server`. Lives
// on the loop's thread. Internal to Server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/http/loop_handle.h"
#include "base/http/server_context.h"

namespace picket {

class LoopContext {
 public:
  LoopContext(ServerContext& shared, std::shared_ptr<LoopHandle> own_handle)
      : server(shared), handle(std::move(own_handle)) {}

  /// For the Date field; made once a second.
  const std::string& date();

  ServerContext& server;
  const std::shared_ptr<LoopHandle> handle;

 private:
  std::string date_;
  std::int64_t date_second_ = -1;
};

}  // namespace picket
