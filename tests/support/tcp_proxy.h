// A proxy before a server of 127.0.0.1 that lets so many bytes of its answers through and then cuts every
// connection, or lets nothing more through: a network that fails in the middle of an answer. Safe from any
// thread.
#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <thread>
#include <vector>

namespace picket::test {

class TcpProxy {
 public:
  enum class Then { Cut, Stall };

  explicit TcpProxy(int server_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  int port() const { return port_; }
  /// From now on `bytes` of answers pass, of all connections together. At first everything does.
  void pass(std::int64_t bytes, Then then);
  /// Of answers, so far.
  std::int64_t passed() const { return passed_; }

 private:
  struct Pair {
    int client;
    int server;
  };
  void work(const std::stop_token& stop);
  void accept();
  /// `sockets` are the listener and two of each pair.
  void serve(const std::vector<pollfd>& sockets);
  /// False when the pair is to end.
  bool forward(const Pair& pair, bool from_client, bool from_server);
  bool answer(const Pair& pair);

  const int server_port_;
  const int listener_;
  const int port_;
  std::list<Pair> pairs_;
  std::atomic<std::int64_t> left_;
  std::atomic<std::int64_t> passed_{0};
  std::atomic<Then> then_{Then::Cut};
  std::jthread thread_;
};

}  // namespace picket::test
