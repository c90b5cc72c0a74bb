// Access logs of nginx and Apache: lines of text in a format of their configuration.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/security/formats/client_of.h"
#include "exporters/security/formats/format_config.h"
#include "exporters/security/formats/framed_parser.h"
#include "exporters/security/formats/line_splitter.h"
#include "exporters/security/formats/log_time.h"
#include "exporters/security/formats/text_arena.h"

namespace picket::security {

/// "GET /path HTTP/1.1" as its method and its target. What is not a request line (the bytes of a TLS handshake) is
/// all target.
void set_request(std::string_view request, LogRecord& record);

class AccessParser final : public FramedParser {
 public:
  /// Of FormatType::Nginx and Apache. InvalidInput for a format that cannot be compiled, and for a client_field or
  /// a field that it does not have.
  static Result<std::unique_ptr<LineParser>> make(const FormatConfig& config);

 private:
  struct Chosen {
    std::string name;
    std::size_t slot = 0;
  };
  /// What takes more than one value to tell.
  struct Parts {
    std::string_view peer, forwarded, path, query;
    bool has_all_bytes = false;
  };

  AccessParser(LineSplitter splitter, ClientFinder clients, std::vector<Chosen> chosen);
  ParseResult read(std::string_view line, WallTime read_at, LogRecord& out) override;
  ParseResult take(const Slot& slot, std::string_view value, LogRecord& out);
  ParseResult take_time(const Slot& slot, std::string_view value, LogRecord& out);
  ParseResult take_number(Role role, std::string_view value, LogRecord& out);
  void take_text(Role role, std::string_view value, LogRecord& out);
  ParseResult complete(LogRecord& out);

  const LineSplitter splitter_;
  const ClientFinder clients_;
  const std::vector<Chosen> chosen_;
  std::vector<std::string_view> values_;
  TextArena arena_;
  AccessClock clock_;
  Parts parts_;
};

}  // namespace picket::security
