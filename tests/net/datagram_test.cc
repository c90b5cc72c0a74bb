#include "base/net/datagram.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <vector>

#include "base/net/dns_channel.h"

namespace picket {
namespace {

/// Takes every file descriptor but `left` of this process, and gives them back.
class NoDescriptors {
 public:
  explicit NoDescriptors(std::size_t left) {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = 256;
    setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = dup(0); fd >= 0; fd = dup(0)) taken_.push_back(fd);
    for (; left > 0; --left) {
      close(taken_.back());
      taken_.pop_back();
    }
  }
  ~NoDescriptors() {
    for (const int fd : taken_) close(fd);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(Descriptors, OfSocketsThatAreUsedUpAreAnError) {
  EventLoop loop;
  std::promise<std::vector<ErrorKind>> done;
  loop.post([&] {
    std::vector<ErrorKind> kinds;
    // A loop takes descriptors of its own with its first socket.
    EXPECT_TRUE(DatagramSocket::open(loop, DatagramSocket::Kind::Udp, IpAddress::Family::V4, {}));
    for (const std::size_t left : {0U, 1U}) {
      const NoDescriptors none(left);
      const auto socket = DatagramSocket::open(loop, DatagramSocket::Kind::Udp, IpAddress::Family::V4, {});
      kinds.push_back(socket ? ErrorKind::Internal : socket.error().kind);
    }
    {
      const NoDescriptors none(0);
      const auto channel = DnsChannel::open(loop, {});
      kinds.push_back(channel ? ErrorKind::Internal : channel.error().kind);
    }
    done.set_value(kinds);  // not without descriptors: the sanitizer needs one to look at an object
  });
  EXPECT_EQ(done.get_future().get(), std::vector<ErrorKind>(3, ErrorKind::Unavailable));
}

}  // namespace
}  // namespace picket
