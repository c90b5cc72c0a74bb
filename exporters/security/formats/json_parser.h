// Access logs of one JSON object a line: nginx with escape=json, Caddy, Traefik, ECS, or members that the
// configuration names.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/security/formats/client_of.h"
#include "exporters/security/formats/format_config.h"
#include "exporters/security/formats/framed_parser.h"
#include "exporters/security/formats/member_path.h"
#include "exporters/security/formats/text_arena.h"

namespace picket::security {

class JsonParser final : public FramedParser {
 public:
  /// InvalidInput for a member that records do not have, and for what is not a path.
  static Result<std::unique_ptr<LineParser>> make(const FormatConfig& config);

 private:
  enum Member : std::size_t {
    Time,
    Client,
    Method,
    Request,
    Target,
    Query,
    Status,
    BytesSent,
    BytesReceived,
    Host,
    Referer,
    UserAgent,
    Account,
    Forwarded,
    kMembers
  };
  using Paths = std::array<std::vector<MemberPath>, kMembers>;

  JsonParser(Paths paths, ClientFinder clients) : paths_(std::move(paths)), clients_(std::move(clients)) {}
  static Result<Paths> read_paths(const FormatConfig& config);
  Result<void> read_fields(const FormatConfig& config);
  ParseResult read(std::string_view line, WallTime read_at, LogRecord& out) override;
  const nlohmann::json* find(Member member) const;
  std::string_view text(Member member) const;
  std::string_view whole_text(const nlohmann::json* value);
  std::uint64_t count(Member member, bool& has) const;
  bool take_time(LogRecord& out) const;
  void take_request(LogRecord& out);
  void take_fields(LogRecord& out);

  const Paths paths_;
  const ClientFinder clients_;
  std::vector<std::pair<std::string, MemberPath>> fields_;
  nlohmann::json line_;
  TextArena arena_;
  std::deque<std::string> lists_;  ///< texts of several elements of the line
};

}  // namespace picket::security
