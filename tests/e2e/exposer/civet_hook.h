// A receiver of webhooks on a CivetWeb server of its own: POST /hook behind a password. Safe from any thread.
#pragma once

#include <CivetServer.h>

#include <mutex>
#include <string>
#include <vector>

namespace picket::test {

struct HookCall {
  std::string body;
  std::string content_type;
  std::string id;  ///< Idempotency-Key
  int answered = 0;
};

class CivetHook : private CivetHandler {
 public:
  static constexpr const char* kUser = "alertd";
  static constexpr const char* kPassword = "hook-secret";

  CivetHook();
  ~CivetHook() override;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  /// The next call is answered by 503, as a server that is overloaded does.
  void refuse_next();
  /// Those of one alert and status, in order.
  std::vector<HookCall> calls(const std::string& alert, const std::string& status) const;
  std::string summary() const;

 private:
  bool handlePost(CivetServer* server, mg_connection* connection) override;
  int note(HookCall call, bool is_known);

  const int port_;
  mutable std::mutex mutex_;
  bool refuses_next_ = false;
  std::vector<HookCall> calls_;
  CivetServer server_;
};

}  // namespace picket::test
