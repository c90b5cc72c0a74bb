// A DNS server on a free UDP port of 127.0.0.1 that answers every question with one SOA record.
#pragma once

#include <string>
#include <thread>

namespace picket::test {

class SoaServer {
 public:
  SoaServer();
  ~SoaServer();
  SoaServer(const SoaServer&) = delete;
  SoaServer& operator=(const SoaServer&) = delete;

  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() const;

  int socket_ = -1;
  int stop_ = -1;  ///< an eventfd
  int port_ = 0;
  std::jthread thread_;
};

}  // namespace picket::test
