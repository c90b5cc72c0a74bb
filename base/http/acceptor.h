// Takes connections off a listening socket. Out of descriptors or memory it pauses instead of spinning. Lives
// on the server's thread. Internal to Server.
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
  struct Events {
    std::function<void(Connection::Socket, Connection::Client)> accepted;
    std::function<void(int error)> starved;  ///< accept failed for want of descriptors or memory
  };
  Acceptor(boost::asio::io_context& io, ListenSocket socket, Events events);

  void start() { wait(); }
  void stop();
  const ListenSocket& socket() const { return socket_; }

 private:
  void wait();
  void accept_all();
  bool accept_one();
  void pause();

  boost::asio::io_context& io_;
  ListenSocket socket_;
  boost::asio::posix::stream_descriptor descriptor_;  ///< a duplicate of socket_'s
  boost::asio::steady_timer timer_;
  const Events events_;
  bool stopped_ = false;
};

}  // namespace picket
