// A scripted SMTP server, for what no real one does when it is asked to: silence, and answers that come late.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace picket::test {

// Gives its answers one after the other, then none. It takes `before_last` over the last one, unless its peer
// gives up before.
class SilentServer {
 public:
  explicit SilentServer(std::vector<std::string> answers, std::chrono::milliseconds before_last = {})
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        answers_(std::move(answers)),
        before_last_(before_last) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~SilentServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  std::uint16_t port() const { return port_; }
  /// Until a whole mail has arrived. False when none did.
  bool wait_for_mail() {
    return arrived_.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  }

 private:
  bool gives_up(int peer) const {
    pollfd hung_up{.fd = peer, .events = POLLIN, .revents = 0};
    return before_last_.count() > 0 && ::poll(&hung_up, 1, static_cast<int>(before_last_.count())) > 0;
  }
  void serve() {
    const int peer = ::accept(socket_, nullptr, nullptr);
    std::string received;
    std::size_t answered = 0;
    std::array<char, 65536> buffer{};
    for (ssize_t count = 0; count >= 0;) {
      const bool mail_ended = answered < 5 || received.ends_with("\r\n.\r\n");
      if (answered < answers_.size() && mail_ended) {
        if (answered + 1 == answers_.size() && gives_up(peer)) break;
        const std::string line = answers_[answered++] + "\r\n";
        EXPECT_EQ(::send(peer, line.data(), line.size(), MSG_NOSIGNAL), static_cast<ssize_t>(line.size()));
      }
      count = ::recv(peer, buffer.data(), buffer.size(), 0);
      if (count <= 0) break;
      received.append(buffer.data(), static_cast<std::size_t>(count));
      if (received.ends_with("\r\n.\r\n")) arrived_.set_value();
    }
    ::close(peer);
  }

  const int socket_;
  const std::vector<std::string> answers_;
  const std::chrono::milliseconds before_last_;
  std::uint16_t port_ = 0;
  std::promise<void> arrived_;
  std::jthread thread_;
};

}  // namespace picket::test
