// sshd, PAM and sudo in auth.log, or wherever syslog writes them: RFC 3164 ("Nov 30 14:17:11 host sshd[123]: ...") or
// with an RFC 3339 time. Each try to log in is one record, though several lines tell of it: PAM's lines about sshd and
// sudo are Other, and a connection that ends counts only when none of its tries was told. For that the parser
// remembers connections, by host and process.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "exporters/security/formats/format_config.h"
#include "exporters/security/formats/framed_parser.h"
#include "exporters/security/formats/log_time.h"
#include "exporters/security/formats/ssh_message.h"

namespace picket::security {

/// Which connections have been told of, the latest of each of a thousand places.
class ToldConnections {
 public:
  enum Told : std::uint8_t {
    Nothing,
    Try,    ///< a try, or a login
    PamTry  ///< a try, by PAM, that sshd may tell again
  };
  Told of(std::uint32_t connection) const;
  void note(std::uint32_t connection, Told told);

  std::string text() const;  ///< "439041101:1 ..."
  Result<void> restore(std::string_view text);

 private:
  struct Place {
    std::uint32_t connection = 0;
    Told told = Nothing;
  };
  static constexpr std::size_t kPlaces = 1024;

  std::array<Place, kPlaces> places_{};
};

class AuthParser final : public FramedParser {
 public:
  explicit AuthParser(const FormatConfig& config) : times_(config.time_zone) {}

  std::string state() const override { return told_.text(); }
  Result<void> restore(std::string_view state) override { return told_.restore(state); }

 private:
  ParseResult read(std::string_view line, WallTime read_at, LogRecord& out) override;
  void take_message(std::string_view program, std::string_view message, std::uint32_t connection,
                    LogRecord& out);
  void take_ssh(std::string_view message, std::uint32_t connection, LogRecord& out);
  bool is_told_already(SshEvent event, std::string_view method, std::uint32_t connection);

  LocalTimes times_;
  ToldConnections told_;
};

}  // namespace picket::security
