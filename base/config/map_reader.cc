#include <algorithm>

#include "base/config/reader.h"
#include "base/text/strings.h"
#include "base/text/suggest.h"

namespace picket {
namespace {

constexpr Bytes kSecretFileMax = 64_KiB;

std::string file_key(std::string_view key) {
  return std::string(key) + "_file";
}

std::string_view without_newline(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// ` (did you mean "x"?)`, or all there are.
std::string meant_or_known(std::string_view key, std::span<const std::string> known) {
  const std::string meant = did_you_mean(key, known);
  return meant.empty() && !known.empty() ? fmt::format("; known are {}", join(known, ", ")) : meant;
}

}  // namespace

MapReader::MapReader(const ValueReader& value) : value_(value) {}

bool MapReader::has(std::string_view key) const {
  return value_.node().find(key) != nullptr;
}

std::optional<ValueReader> MapReader::at(std::string_view key) {
  mark_known(key);
  const YamlNode* node = value_.node().find(key);
  if (node == nullptr) return std::nullopt;
  return ValueReader(*node, path_of(key), context());
}

void MapReader::ignore(std::string_view key) {
  mark_known(key);
}

std::vector<std::pair<std::string, ValueReader>> MapReader::rest() {
  std::vector<std::pair<std::string, ValueReader>> entries;
  for (const YamlNode::Entry& entry : value_.node().entries) {
    if (!is_known(entry.key)) entries.emplace_back(entry.key, value_.value_of(entry));
  }
  rest_taken_ = true;
  return entries;
}

bool MapReader::read_secret(std::string_view key, Secret& out) {
  const std::string twin = file_key(key);
  mark_known(twin);
  if (!has(twin)) return read(key, out);
  if (has(key)) {
    mark_known(key);
    problem(twin, fmt::format("must not be given together with \"{}\"", key));
    return false;
  }
  mark_known(key);
  return read_secret_file(twin, out);
}

bool MapReader::require_secret(std::string_view key, Secret& out) {
  if (!has(key) && !has(file_key(key))) {
    context().problems.add(value_.node().position, path_of(key),
                           fmt::format("is required (or \"{}\")", file_key(key)));
  }
  return read_secret(key, out);
}

bool MapReader::read_secret_file(std::string_view key, Secret& out) {
  std::string path;
  if (!read(key, path)) return false;
  const std::string resolved = resolve_beside(context().problems.file(), path);
  const Result<std::string> content = context().files.read(resolved, kSecretFileMax);
  if (!content) {
    problem(key, fmt::format("cannot be read: {}", content.error().message));
    return false;
  }
  const std::string_view secret = without_newline(*content);
  if (secret.empty()) {
    problem(key, fmt::format("names an empty file: {}", resolved));
    return false;
  }
  out = Secret(std::string(secret));
  return true;
}

void MapReader::problem(std::string_view key, std::string_view message) {
  const YamlNode* node = key.empty() ? nullptr : value_.node().find(key);
  const Position position = node == nullptr ? value_.node().position : node->position;
  context().problems.add(position, path_of(key), message);
}

void MapReader::finish() {
  if (rest_taken_) return;
  for (const YamlNode::Entry& entry : value_.node().entries) {
    if (is_known(entry.key)) continue;
    context().problems.add(
        entry.key_position, value_.path(),
        fmt::format("unknown key \"{}\"{}", truncate(entry.key, 60), meant_or_known(entry.key, known_)));
  }
}

bool MapReader::is_known(std::string_view key) const {
  return rest_taken_ || std::ranges::find(known_, key) != known_.end();
}

void MapReader::mark_known(std::string_view key) {
  if (!is_known(key)) known_.emplace_back(key);
}

void MapReader::missing(std::string_view key) {
  context().problems.add(value_.node().position, path_of(key), "is required");
}

void MapReader::not_one_of(std::string_view key, std::string_view word, std::span<const std::string> words) {
  std::vector<std::string> choices(words.begin(), words.end());
  std::erase(choices, "");  // what the key means when it is absent, too
  problem(key, fmt::format("must be one of {}, not \"{}\"{}", join(choices, ", "), truncate(word, 60),
                           did_you_mean(word, choices)));
}

std::string MapReader::path_of(std::string_view key) const {
  if (key.empty()) return value_.path();
  return value_.path().empty() ? std::string(key) : fmt::format("{}.{}", value_.path(), key);
}

}  // namespace picket
