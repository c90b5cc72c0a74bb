// A foreign HTTP server (cpp-httplib) on a free port that remembers what it was asked and answers as the test
// says: it stands for Twilio, Slack, webhooks, a probed API. Safe from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/exec/mutex.h"
#include "tests/support/http_get.h"

namespace picket::test {

struct PeerRequest {
  std::string method;
  std::string path;   ///< without the query
  std::string query;  ///< without '?', as it was sent
  HttpHeaders headers;
  std::string body;
  std::chrono::steady_clock::time_point time;

  std::string header(const std::string& name) const;
  /// Field of an application/x-www-form-urlencoded body, decoded; "" when it is not there. The values of a
  /// repeated field are joined by ','.
  std::string form(const std::string& name) const;
};

struct PeerAnswer {
  int status = 200;
  std::string body{};
  HttpHeaders headers{};  ///< Content-Type is text/plain when not given
  bool lost = false;      ///< the connection is cut before the answer
};

class LocalPeer {
 public:
  /// Called on the server's threads; it may wait (hold the answer back), but must end before the peer goes.
  using Answer = std::function<PeerAnswer(const PeerRequest&)>;
  struct Tls {
    std::string cert_file;
    std::string key_file;
    std::string client_ca_file{};  ///< when not empty, clients must show a certificate of this CA
  };

  /// Answers 200 "ok" when no function is given.
  explicit LocalPeer(Answer answer = {});
  LocalPeer(Tls tls, Answer answer);
  ~LocalPeer();
  LocalPeer(const LocalPeer&) = delete;
  LocalPeer& operator=(const LocalPeer&) = delete;

  int port() const { return port_; }
  /// "http://127.0.0.1:PORT" (https when it has TLS) + path.
  std::string url(const std::string& path = "") const;
  void answer_with(Answer answer);
  void stop();   ///< connections are refused afterwards
  void start();  ///< on the same port again

  std::vector<PeerRequest> requests() const;
  std::vector<PeerRequest> requests(const std::string& path) const;
  std::size_t count() const;
  /// False when there were fewer than `count` requests after `within`.
  bool wait_for(std::size_t count, std::chrono::milliseconds within = std::chrono::seconds(10)) const;
  void forget();  ///< the requests so far

 private:
  class Listener;
  PeerAnswer handle(const PeerRequest& request);

  const Tls tls_;
  const int port_;
  mutable Mutex mutex_;
  mutable ConditionVariable arrived_;
  Answer answer_ GUARDED_BY(mutex_);
  std::vector<PeerRequest> requests_ GUARDED_BY(mutex_);
  std::unique_ptr<Listener> listener_;
};

}  // namespace picket::test
