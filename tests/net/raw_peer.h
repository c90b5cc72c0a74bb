// A TCP server on a free port of 127.0.0.1 that behaves as badly as the test says: each connection gets a
// thread that runs the test's function over plain or TLS bytes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/exec/mutex.h"
#include "tests/support/certificates.h"

namespace picket::test {

class RawConnection {
 public:
  explicit RawConnection(int socket) : socket_(socket) {}
  ~RawConnection() {
    if (tls_ != nullptr) SSL_free(tls_);
    if (context_ != nullptr) SSL_CTX_free(context_);
    close(socket_);
  }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// False when the handshake failed. `client_ca` asks for a client certificate.
  bool start_tls(const CertificateFiles& files, const std::string& client_ca = "",
                 int max_version = TLS1_3_VERSION) {
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_max_proto_version(context_, max_version);
    SSL_CTX_use_certificate_chain_file(context_, files.cert.c_str());
    SSL_CTX_use_PrivateKey_file(context_, files.key.c_str(), SSL_FILETYPE_PEM);
    if (!client_ca.empty()) {
      SSL_CTX_load_verify_file(context_, client_ca.c_str());
      SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, socket_);
    if (SSL_accept(tls_) != 1) return false;
    const char* name = SSL_get_servername(tls_, TLSEXT_NAMETYPE_host_name);
    server_name_ = name == nullptr ? "" : name;
    return true;
  }
  const std::string& server_name() const { return server_name_; }

  /// "" at the end of the stream.
  std::string read_some() {
    std::array<char, 4096> buffer{};
    const ssize_t got = tls_ != nullptr ? SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size()))
                                        : recv(socket_, buffer.data(), buffer.size(), 0);
    return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : "";
  }
  /// Everything up to `end`, or to the end of the stream.
  std::string read_until(std::string_view end) {
    while (inbox_.find(end) == std::string::npos) {
      const std::string more = read_some();
      if (more.empty()) return std::exchange(inbox_, "");
      inbox_ += more;
    }
    const std::size_t size = inbox_.find(end) + end.size();
    std::string taken = inbox_.substr(0, size);
    inbox_.erase(0, size);
    return taken;
  }
  /// False when the client has gone.
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                           : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// True when the client hung up within that time: how a slow peer waits.
  bool hung_up_within(std::chrono::milliseconds time) const {
    pollfd watched{socket_, POLLRDHUP, 0};
    return poll(&watched, 1, static_cast<int>(time.count())) > 0;
  }

 private:
  int socket_;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  std::string inbox_;
  std::string server_name_;
};

class RawPeer {
 public:
  using Behaviour = std::function<void(RawConnection&)>;

  explicit RawPeer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "a free port");
    listen(listener_, 1024);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_all(); });
  }
  ~RawPeer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const MutexLock lock(mutex_);
      for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    }
    threads_.clear();
    close(listener_);
  }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "/", const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
  }
  int connections() const { return connections_; }

 private:
  void accept_all() {
    while (true) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      ++connections_;
      const MutexLock lock(mutex_);
      sockets_.insert(socket);
      threads_.emplace_back([this, socket] {
        RawConnection connection(socket);
        behaviour_(connection);
        const MutexLock ending(mutex_);
        sockets_.erase(socket);
      });
    }
  }

  Behaviour behaviour_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  Mutex mutex_;
  std::set<int> sockets_ GUARDED_BY(mutex_);
  std::vector<std::jthread> threads_;
  std::jthread acceptor_;
};

}  // namespace picket::test
