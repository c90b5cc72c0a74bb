// A log format as slots with text between them, and a line cut into the values of the slots without guessing.
// What the client sent is in some of the values, so that where a value ends is told by what its escapes keep
// out of it (quotes, controls), by its shape, or from the end of the line; never by what it looks like.
// Immutable after make().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"
#include "exporters/security/formats/escapes.h"

namespace picket::security {

/// What the server can write there.
enum class Shape : std::uint8_t {
  Text,     ///< whatever a client sent
  Word,     ///< no blanks: the server's own words, numbers, addresses
  List,     ///< nginx's upstream lists: "a, b : c"
  Local,    ///< "30/Nov/2026:14:17:11 +0000"
  Bracket,  ///< the same in brackets: Apache's %t
  Iso       ///< "2026-11-30T14:17:11+00:00"
};

/// What a value means to a record.
enum class Role : std::uint8_t {
  None,
  Peer,
  Forwarded,
  User,
  Time,         ///< Local, Bracket or Iso
  UnixSeconds,  ///< "1796048231.123"
  UnixMillis,
  UnixMicros,
  Request,  ///< "GET /path HTTP/1.1"
  Method,
  Target,  ///< path and query
  Path,
  Query,
  Status,
  BytesSent,
  BodyBytesSent,
  BytesReceived,
  Host,
  Referer,
  UserAgent
};

struct Slot {
  std::string name;     ///< as the format has it: "$remote_addr", "%{Referer}i"
  std::size_t at = 0;   ///< where in the format
  std::string literal;  ///< what stands after it
  Shape shape = Shape::Text;
  Role role = Role::None;
  bool chosen = false;  ///< one of `fields`
};

struct LineFormat {
  std::string head;  ///< before the first slot
  std::vector<Slot> slots;
  Escapes escapes = Escapes::Nginx;
};

class LineSplitter {
 public:
  /// InvalidInput, with the place, for two values with nothing between them, and for an address of the client that
  /// stands where a client's text could pose as it.
  static Result<LineSplitter> make(LineFormat format);

  const std::vector<Slot>& slots() const { return format_.slots; }
  Escapes escapes() const { return format_.escapes; }
  /// One value for each slot, escapes and all; false when the line is not in the format.
  bool split(std::string_view line, std::vector<std::string_view>& values) const;

 private:
  /// Slots up to a text that no value can hold, or to the end of the line.
  struct Segment {
    std::size_t first = 0, last = 0;
    std::size_t hinge = 0;   ///< what is before it is found from the left, what is after it from the right
    std::size_t anchor = 0;  ///< where in the last slot's literal the byte is that no value can hold
    bool anchored = false;
  };
  class Cut;

  explicit LineSplitter(LineFormat format);
  std::size_t end_of(const Segment& segment, std::string_view line, std::size_t from) const;
  Result<void> check_clients() const;
  bool is_loose(std::size_t slot) const;

  LineFormat format_;
  std::vector<Segment> segments_;
};

}  // namespace picket::security
