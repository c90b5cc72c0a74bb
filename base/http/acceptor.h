// Takes connections off a listening socket. Out of descriptors or memory it pauses instead of spinning. Lives
// on one loop of the server; what it accepts may be served by another. Internal to Server.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "base/http/connection.h"
#include "base/http/listen_socket.h"

namespace picket {

class Acceptor {
 public:
  struct Accepted {
    int fd = -1;  ///< the receiver's to close; does not block
    int family = 0;
    Connection::Client client{};
  };
  struct Events {
    std::function<void(Accepted)> accepted;
    std::function<void(int error)> starved;  ///< accept failed for want of descriptors or memory
  };
  Acceptor(boost::asio::io_context& io, ListenSocket socket, Events events);

  void start() { wait(); }
  void stop();

 private:
  void wait();
  void accept_all();
  bool accept_one();
  void pause();

  ListenSocket socket_;
  boost::asio::posix::stream_descriptor descriptor_;  ///< a duplicate of socket_'s
  boost::asio::steady_timer timer_;
  const Events events_;
  bool stopped_ = false;
};

}  // namespace picket
