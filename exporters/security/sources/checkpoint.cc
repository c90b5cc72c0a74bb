#include "exporters/security/sources/checkpoint.h"

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/time/timestamp.h"

namespace picket::security {
namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "picket-source 1 ";
constexpr std::size_t kHashSize = 64;
/// The size is the limit, also of values: what has its checksum is ours.
constexpr JsonLimits kLimits{
    .bytes = kCheckpointMax, .depth = 32, .values = kCheckpointMax, .repeated_keys = false};

/// Members of TailStats in the order in which they are written.
constexpr std::array kTailCounts{
    &TailStats::lines,      &TailStats::oversize_lines, &TailStats::bytes,
    &TailStats::lost_bytes, &TailStats::read_errors,    &TailStats::renames,
    &TailStats::truncates,  &TailStats::replaces,       &TailStats::refused_files};

json identity_json(const FileIdentity& file) {
  return json::array({file.device, file.inode, file.head_size, file.head_hash});
}

json before_json(const BytesBefore& before) {
  return json::array({before.size, before.hash});
}

json left_json(const std::vector<LeftFile>& files) {
  json out = json::array();
  for (const LeftFile& left : files)
    out.push_back(
        json::array({identity_json(left.file), left.offset, left.skipping, before_json(left.before)}));
  return out;
}

/// A path may be of any bytes, JSON is of text.
json position_json(const FilePosition& position) {
  json out{{"path", percent_encode(position.path)},
           {"file", identity_json(position.file)},
           {"offset", position.offset},
           {"skipping", position.skipping},
           {"size", position.size},
           {"modified", position.modified},
           {"read_until", position.read_until}};
  if (position.next) out["next"] = identity_json(*position.next);
  if (position.before.size > 0) out["before"] = before_json(position.before);
  if (!position.left.empty()) out["left"] = left_json(position.left);
  return out;
}

json counts_json(const SourceCounts& counts) {
  json tail = json::array();
  for (const auto member : kTailCounts) tail.push_back(counts.tail.*member);
  json out{{"tail", std::move(tail)}, {"parsed", counts.parsed}};
  if (counts.last_event) out["last_event"] = unix_millis(*counts.last_event);
  return out;
}

/// Reads what the functions above write; nlohmann's exceptions for missing members and wrong types end in
/// decode_checkpoint().
FileIdentity identity_of(const json& from) {
  return {.device = from.at(0).get<std::uint64_t>(),
          .inode = from.at(1).get<std::uint64_t>(),
          .head_size = from.at(2).get<std::uint32_t>(),
          .head_hash = from.at(3).get<std::string>()};
}

BytesBefore before_of(const json& from) {
  return {.size = from.at(0).get<std::uint32_t>(), .hash = from.at(1).get<std::string>()};
}

/// Older states know nothing of what is before the offset.
LeftFile left_of(const json& from) {
  return {.file = identity_of(from.at(0)),
          .offset = from.at(1).get<std::uint64_t>(),
          .skipping = from.at(2).get<bool>(),
          .before = from.size() > 3 ? before_of(from.at(3)) : BytesBefore{}};
}

FilePosition position_of(const json& from) {
  FilePosition position{.path = percent_decode(from.at("path").get<std::string>()).value_or(""),
                        .file = identity_of(from.at("file")),
                        .offset = from.at("offset").get<std::uint64_t>(),
                        .skipping = from.at("skipping").get<bool>(),
                        .size = from.at("size").get<std::uint64_t>(),
                        .modified = from.at("modified").get<std::int64_t>(),
                        .read_until = from.at("read_until").get<std::int64_t>()};
  if (from.contains("next")) position.next = identity_of(from.at("next"));
  if (from.contains("before")) position.before = before_of(from.at("before"));
  if (!from.contains("left")) return position;  // as in older states
  for (const json& left : from.at("left")) position.left.push_back(left_of(left));
  return position;
}

SourceCounts counts_of(const json& from) {
  SourceCounts counts;
  const json& tail = from.at("tail");
  for (std::size_t i = 0; i < kTailCounts.size(); ++i)
    counts.tail.*kTailCounts[i] = tail.at(i).get<std::uint64_t>();
  for (std::size_t i = 0; i < counts.parsed.size(); ++i)
    counts.parsed[i] = from.at("parsed").at(i).get<std::uint64_t>();
  if (from.contains("last_event"))
    counts.last_event = from_unix_millis(from.at("last_event").get<std::int64_t>());
  return counts;
}

Checkpoint checkpoint_of(json&& from) {
  Checkpoint checkpoint;
  for (const json& position : from.at("positions"))
    checkpoint.positions.files.push_back(position_of(position));
  if (from.contains("pattern"))
    checkpoint.positions.pattern = percent_decode(from.at("pattern").get<std::string>()).value_or("");
  checkpoint.counts = counts_of(from.at("counts"));
  checkpoint.parser = from.at("parser").get<std::string>();
  checkpoint.signals = std::move(from.at("signals"));
  return checkpoint;
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  json positions = json::array();
  for (const FilePosition& position : checkpoint.positions.files)
    positions.push_back(position_json(position));
  const std::string body = to_json(json{{"positions", std::move(positions)},
                                        {"pattern", percent_encode(checkpoint.positions.pattern)},
                                        {"counts", counts_json(checkpoint.counts)},
                                        {"parser", checkpoint.parser},
                                        {"signals", checkpoint.signals}});
  return fmt::format("{}{}\n{}\n", kMagic, hex_encode(sha256(body)), body);
}

Result<Checkpoint> decode_checkpoint(std::string_view text) {
  const std::size_t head = kMagic.size() + kHashSize;
  if (text.size() < head + 2 || !text.starts_with(kMagic) || text[head] != '\n' || text.back() != '\n')
    return fail(ErrorKind::Corrupt, "is not the state of a source");
  const std::string_view body = text.substr(head + 1, text.size() - head - 2);
  if (hex_encode(sha256(body)) != text.substr(kMagic.size(), kHashSize))
    return fail(ErrorKind::Corrupt, "does not have its checksum: it was cut off or changed");
  Result<json> parsed = parse_json(body, kLimits);
  if (!parsed) return fail(ErrorKind::Corrupt, parsed.error().message);
  try {
    return checkpoint_of(std::move(*parsed));
  } catch (const json::exception& e) {
    return fail(ErrorKind::Corrupt, e.what());
  }
}

TailStats sum(const TailStats& earlier, const TailStats& later) {
  TailStats total;
  for (const auto member : kTailCounts) total.*member = earlier.*member + later.*member;
  return total;
}

}  // namespace picket::security
