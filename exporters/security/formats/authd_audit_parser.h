// authd's audit file, one JSON object a line. Tries to prove a person are Login records: those of action "auth.login"
// that succeeded, and all that failed. Everything else is an Account record. Both keep action, outcome and reason, and
// say whether the line follows from the one before.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "exporters/security/formats/audit_chain.h"
#include "exporters/security/formats/framed_parser.h"

namespace picket::security {

// NOLINTNEXTLINE(bugprone-exception-escape): nlohmann's null value allocates nothing
class AuthdAuditParser final : public FramedParser {
 public:
  explicit AuthdAuditParser(bool is_of_replica) : chain_(is_of_replica) {}

  std::string state() const override { return chain_.text(); }
  Result<void> restore(std::string_view state) override { return chain_.restore(state); }

 private:
  ParseResult read(std::string_view line, WallTime read_at, LogRecord& out) override;
  void take_attempt(std::string_view factor, LogRecord& out) const;

  AuditChain chain_;
  nlohmann::json line_;
};

}  // namespace picket::security
