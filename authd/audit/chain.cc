#include "authd/audit/chain.h"

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

std::string_view name_of(MarkKind kind) {
  if (kind == MarkKind::Seen) return "seen";
  return kind == MarkKind::Anchor ? "anchor" : "head";
}

std::string mac_of(MarkKind kind, std::int64_t seq, std::string_view hash, const Secret& key) {
  return hex_encode(hmac_sha256(key.reveal(), fmt::format("audit {} {} {}", name_of(kind), seq, hash)));
}

}  // namespace

std::string_view chain_start() {
  return "0000000000000000000000000000000000000000000000000000000000000000";
}

std::string chain_hash(std::string_view previous_hash, std::int64_t seq, const AuditEvent& event) {
  return hex_encode(sha256(fmt::format("{}\n{}\n{}", previous_hash, seq, canonical_line(event))));
}

AuditMark sign_mark(MarkKind kind, std::int64_t seq, const std::string& hash, const Secret& key) {
  return {.seq = seq, .hash = hash, .mac = mac_of(kind, seq, hash, key)};
}

bool is_genuine(MarkKind kind, const AuditMark& mark, const Secret& key) {
  return equal_constant_time(mark.mac, mac_of(kind, mark.seq, mark.hash, key));
}

std::optional<AuditBreak> ChainVerifier::take(const AuditRow& row) {
  const std::int64_t expected = seq_ + 1;
  if (row.seq != expected) return AuditBreak{expected, "the row is missing"};
  if (row.hash != chain_hash(hash_, row.seq, row.event)) {
    return AuditBreak{expected, "the row was changed, or the one before it"};
  }
  seq_ = row.seq;
  hash_ = row.hash;
  return std::nullopt;
}

}  // namespace picket::authd
