// A client that sends exactly the bytes it is told to, over TCP or a unix socket: for everything that a well
// behaved client would never send.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace picket::test {

struct RawResponse {
  int status = 0;  ///< 0: the connection ended or the time was over first
  std::string head;
  std::map<std::string, std::string> fields;  ///< names in lower case
  std::string body;                           ///< with the chunks taken off
  std::string field(const std::string& name) const;
};

class RawClient {
 public:
  static constexpr std::chrono::milliseconds kPatience{5000};

  explicit RawClient(std::uint16_t port, const std::string& address = "127.0.0.1");
  static RawClient unix_socket(const std::string& path);
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient();

  bool connected() const { return fd_ >= 0; }
  /// False when the server has closed.
  bool send(std::string_view bytes);
  /// As much as the socket takes at once; how much that was.
  std::size_t send_some(std::string_view bytes);
  /// The next response; `to_head`: it has no body whatever its fields say.
  RawResponse response(bool to_head = false);
  /// send() and response().
  RawResponse ask(std::string_view bytes);
  /// Everything until the server closes; nothing when it does not within the patience.
  std::optional<std::string> until_closed();
  bool is_closed_within(std::chrono::milliseconds patience);
  /// Reads one piece; "" at the end or when nothing comes.
  std::string receive(std::chrono::milliseconds patience = kPatience);
  void shrink_receive_buffer(int bytes);

 private:
  RawClient() = default;
  bool fill();
  std::string take_line();
  bool take(std::size_t count, std::string& out);
  void read_chunks(std::string& body);

  int fd_ = -1;
  bool ended_ = false;
  std::string inbox_;
};

}  // namespace picket::test
