// Listening sockets from text: ":9801" (v4 and v6), "127.0.0.1:0", "[::1]:9801", "unix:/run/x.sock",
// "fd:3" (handed over by systemd). Used by Server only.
#pragma once

#include <cstdint>
#include <string>

#include "base/result/result.h"

namespace picket {

/// Owns the descriptor, and the file of a unix socket that it made.
class ListenSocket {
 public:
  /// Unavailable names the address and why it did not work; InvalidInput when it is malformed.
  static Result<ListenSocket> open(const std::string& spec);

  ListenSocket(ListenSocket&& other) noexcept;
  ListenSocket& operator=(ListenSocket&& other) = delete;
  ~ListenSocket();

  /// Stops listening now rather than in the destructor.
  void close();
  int fd() const { return fd_; }
  /// With the real port: "127.0.0.1:41234", "[::]:9801", "unix:/run/x.sock".
  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }  ///< 0 for unix sockets

 private:
  explicit ListenSocket(int fd) : fd_(fd) {}
  static Result<ListenSocket> open_inet(const std::string& spec);
  static Result<ListenSocket> open_unix(const std::string& path);
  static Result<ListenSocket> adopt(const std::string& number);
  void learn_address();

  int fd_ = -1;
  std::string address_;
  std::string unlink_path_;  ///< "" when the file is not ours
  std::uint16_t port_ = 0;
};

}  // namespace picket
