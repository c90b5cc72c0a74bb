// A small DNS server on a free UDP port of 127.0.0.1 that answers as the test says. Safe from any thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/exec/mutex.h"
#include "base/net/ip_address.h"

namespace picket::test {

struct DnsAnswer {
  std::vector<IpAddress> addresses{};
  int rcode = 0;  // 2 SERVFAIL, 3 NXDOMAIN
  bool silent = false;
  std::vector<std::string>
      records{};  // more of the answer, encoded behind the owner's name: see dns_record()
};

/// Type, class IN, a TTL of a minute and the content.
inline std::string dns_record(std::uint16_t type, const std::string& content) {
  std::string record{static_cast<char>(type >> 8U), static_cast<char>(type & 0xffU)};
  record += std::string("\x00\x01\x00\x00\x00\x3c", 6);
  record += static_cast<char>(content.size() >> 8U);
  record += static_cast<char>(content.size() & 0xffU);
  return record + content;
}

class DnsPeer {
 public:
  DnsPeer() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "a free port");
    socklen_t size = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~DnsPeer() {
    thread_.request_stop();
    thread_.join();
    close(socket_);
  }
  DnsPeer(const DnsPeer&) = delete;
  DnsPeer& operator=(const DnsPeer&) = delete;

  HostPort endpoint() const { return {"127.0.0.1", port_}; }
  void answer(const std::string& name, DnsAnswer answer) {
    const MutexLock lock(mutex_);
    answers_[name] = std::move(answer);
  }
  /// Queries that came for `name`, of any type.
  int queries(const std::string& name) const {
    const MutexLock lock(mutex_);
    const auto it = queries_.find(name);
    return it == queries_.end() ? 0 : it->second;
  }
  /// Where the last query came from: 0x7f000001 is 127.0.0.1.
  std::uint32_t last_asker() const {
    const MutexLock lock(mutex_);
    return last_asker_;
  }

 private:
  static constexpr std::size_t kHeader = 12;

  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd ready{socket_, POLLIN, 0};
      if (poll(&ready, 1, 20) <= 0) continue;
      std::array<char, 2048> buffer{};
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got =
          recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < static_cast<ssize_t>(kHeader)) continue;
      {
        const MutexLock lock(mutex_);
        last_asker_ = ntohl(from.sin_addr.s_addr);
      }
      const std::string reply = reply_to({buffer.data(), static_cast<std::size_t>(got)});
      if (!reply.empty())
        sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  std::string reply_to(std::string_view query) {
    std::string name;
    std::size_t at = kHeader;
    while (at < query.size() && query[at] != 0) {
      const auto length = std::size_t{static_cast<unsigned char>(query[at])};
      name += (name.empty() ? "" : ".") + std::string(query.substr(at + 1, length));
      at += length + 1;
    }
    const std::string_view question = query.substr(kHeader, at + 5 - kHeader);
    const bool v6 = question[question.size() - 3] == 28;
    DnsAnswer answer;
    {
      const MutexLock lock(mutex_);
      ++queries_[name];
      const auto it = answers_.find(name);
      answer = it == answers_.end() ? DnsAnswer{{}, 3, false} : it->second;
    }
    return answer.silent ? "" : encode(query, question, answer, v6);
  }

  static std::string encode(std::string_view query, std::string_view question, const DnsAnswer& answer,
                            bool v6) {
    std::string records;
    char count = 0;
    for (const IpAddress& address : answer.addresses) {
      if ((address.family() == IpAddress::Family::V6) != v6) continue;
      const std::size_t size = v6 ? 16 : 4;
      records += std::string("\xc0\x0c\x00", 3) + (v6 ? '\x1c' : '\x01') +
                 std::string("\x00\x01\x00\x00\x00\x3c\x00", 7);
      records += static_cast<char>(size);
      records.append(reinterpret_cast<const char*>(address.bytes().data()), size);
      ++count;
    }
    for (const std::string& record : answer.records) {
      records += "\xc0\x0c" + record;
      ++count;
    }
    std::string reply(query.substr(0, 2));
    reply += std::string("\x81", 1) + static_cast<char>(0x80 | answer.rcode);
    reply += std::string("\x00\x01\x00", 3) + count + std::string(4, '\0');
    return reply + std::string(question) + records;
  }

  int socket_;
  std::uint16_t port_ = 0;
  mutable Mutex mutex_;
  std::map<std::string, DnsAnswer> answers_ GUARDED_BY(mutex_);
  std::map<std::string, int> queries_ GUARDED_BY(mutex_);
  std::uint32_t last_asker_ GUARDED_BY(mutex_) = 0;
  std::jthread thread_;
};

}  // namespace picket::test
