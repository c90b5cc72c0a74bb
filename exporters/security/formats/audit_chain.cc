#include "exporters/security/formats/audit_chain.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::security {
namespace {

/// Of rows; more than there will ever be. A number beyond it makes a line that is not authd's.
constexpr std::int64_t kSeqMax = std::int64_t{1} << 53;
constexpr std::string_view kStart = "0000000000000000000000000000000000000000000000000000000000000000";

bool is_hash(std::string_view text) {
  return text.size() == kStart.size() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Of \u0085, \u2028 and the like, whose place in the hashed text their own bytes take. nullopt for what JSON must
/// escape: that is hashed as it stands.
std::optional<std::string> invisible(std::string_view escape) {
  if (escape.size() < 6 || escape[1] != 'u') return std::nullopt;
  unsigned point = 0;
  for (const char c : escape.substr(2, 4)) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f')) return std::nullopt;
    point = point * 16 + static_cast<unsigned>(is_digit ? c - '0' : c - 'a' + 10);
  }
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  if (point >= 0x80 && point < 0x100)
    return std::string{byte(0xC0U | (point >> 6U)), byte(0x80U | (point & 0x3FU))};
  if (point < 0x2000 || point >= 0x2100) return std::nullopt;
  return std::string{byte(0xE2U), byte(0x80U | ((point >> 6U) & 0x3FU)), byte(0x80U | (point & 0x3FU))};
}

std::string with_invisible(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] != '\\') {
      out += line[at];
      continue;
    }
    if (const auto bytes = invisible(line.substr(at))) {
      out += *bytes;
      at += 5;
    } else {
      out += line.substr(at, 2);
      ++at;
    }
  }
  return out;
}

}  // namespace

/// The line ends in ,"seq":7,"hash":"..."}.
bool AuditChain::read(std::string_view line, Row& row) {
  constexpr std::string_view kSeq = ",\"seq\":", kHash = ",\"hash\":\"", kEnd = "\"}";
  const std::size_t seq = line.rfind(kSeq), hash = line.rfind(kHash);
  if (seq == std::string_view::npos || hash == std::string_view::npos || hash < seq || !line.ends_with(kEnd))
    return false;
  const auto number = parse_int(line.substr(seq + kSeq.size(), hash - seq - kSeq.size()));
  const std::string_view text = line.substr(hash + kHash.size());
  if (!number || *number < 1 || *number > kSeqMax || !is_hash(text.substr(0, text.size() - kEnd.size())))
    return false;
  row.seq = *number;
  row.hash = text.substr(0, text.size() - kEnd.size());
  row.canonical = with_invisible(line.substr(0, seq)) + "}";
  return true;
}

ChainCheck AuditChain::follow(const Row& row) {
  const bool is_intact =
      row.hash == hex_encode(sha256(fmt::format("{}\n{}\n{}", hash_, row.seq, row.canonical)));
  seq_ = row.seq;
  hash_ = row.hash;
  return is_intact ? ChainCheck::Intact : ChainCheck::Broken;
}

ChainCheck AuditChain::take(std::string_view line) {
  Row row;
  if (!read(line, row)) return ChainCheck::Broken;
  if (hash_.empty()) {
    if (row.seq == 1) {
      hash_ = kStart;
    } else {
      seq_ = row.seq;
      hash_ = row.hash;
      return ChainCheck::Start;
    }
  }
  if (row.seq <= seq_) return take_old(row);
  if (row.seq > seq_ + 1) {
    waiting_bytes_ += waiting_.emplace(row.seq, line).second ? line.size() : 0;
    ChainCheck check = ChainCheck::None;
    while (is_full()) {
      const ChainCheck next = give_up();
      if (check != ChainCheck::Broken) check = next;
    }
    return check;
  }
  const ChainCheck first = follow(row);
  return release() == ChainCheck::Broken ? ChainCheck::Broken : first;
}

/// A line again, one that came too late, or the beginning of another chain: of a database that was restored.
ChainCheck AuditChain::take_old(const Row& row) {
  if (row.seq == seq_ && row.hash == hash_) return ChainCheck::None;
  const bool is_another = row.seq == 1 || row.seq + static_cast<std::int64_t>(kWaitingMax) < seq_;
  if (!is_another) return ChainCheck::Broken;
  waiting_.clear();
  waiting_bytes_ = 0;
  seq_ = row.seq;
  hash_ = row.hash;
  return ChainCheck::Broken;
}

/// Checks the lines that waited, as far as they follow without a hole.
ChainCheck AuditChain::release() {
  ChainCheck check = ChainCheck::Intact;
  while (!waiting_.empty() && waiting_.begin()->first <= seq_ + 1) {
    Row row;
    const bool is_next = read(waiting_.begin()->second, row) && row.seq == seq_ + 1;
    if (is_next && follow(row) == ChainCheck::Broken) check = ChainCheck::Broken;
    waiting_bytes_ -= waiting_.begin()->second.size();
    waiting_.erase(waiting_.begin());
  }
  return check;
}

bool AuditChain::is_full() const {
  return waiting_.size() > kWaitingMax || waiting_bytes_ > kWaitingBytesMax;
}

/// The line that is missing does not come: the chain goes on with the first that waits. Of a replica it is another's.
ChainCheck AuditChain::give_up() {
  Row row;
  if (read(waiting_.begin()->second, row)) {
    seq_ = row.seq;
    hash_ = row.hash;
  }
  waiting_bytes_ -= waiting_.begin()->second.size();
  waiting_.erase(waiting_.begin());
  const ChainCheck others = release();
  return is_of_replica_ && others != ChainCheck::Broken ? ChainCheck::Start : ChainCheck::Broken;
}

std::string AuditChain::text() const {
  if (hash_.empty()) return {};
  std::string out = fmt::format("{} {}", seq_, hash_);
  for (const auto& [seq, line] : waiting_) out += "\n" + line;
  return out;
}

Result<void> AuditChain::restore(std::string_view text) {
  AuditChain chain(is_of_replica_);
  const std::vector<std::string_view> lines = split(text, '\n');
  const std::size_t blank = std::min(lines[0].find(' '), lines[0].size());
  const auto seq = parse_int(lines[0].substr(0, blank));
  const std::string_view hash = lines[0].substr(std::min(blank + 1, lines[0].size()));
  const bool fine = text.empty() ||
                    (seq && *seq >= 0 && *seq <= kSeqMax && is_hash(hash) && lines.size() <= kWaitingMax + 1);
  if (!fine) return fail(ErrorKind::InvalidInput, "not the state of an audit chain");
  if (!text.empty()) {
    chain.seq_ = *seq;
    chain.hash_ = hash;
  }
  for (const std::string_view line : std::span(lines).subspan(1)) {
    Row row;
    if (!read(line, row) || row.seq <= chain.seq_)
      return fail(ErrorKind::InvalidInput, "not the state of an audit chain");
    chain.waiting_bytes_ += chain.waiting_.emplace(row.seq, line).second ? line.size() : 0;
  }
  if (chain.is_full()) return fail(ErrorKind::InvalidInput, "more lines wait than an audit chain lets");
  *this = std::move(chain);
  return {};
}

}  // namespace picket::security
