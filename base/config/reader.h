// Reads a YamlNode into plain structs, strictly. For a struct X write, beside it,
//   void read_yaml(MapReader& r, X& x) { r.require("name", x.name); r.read("interval", x.interval); }
// and X can then be a field, a list element, or a whole file: load_config<X>(path, files). Defaults are what
// `x` holds before. Unknown keys are problems, with "did you mean". Every problem carries line, column and
// the key's path. Not for sharing between threads.
#pragma once

#include <algorithm>
#include <concepts>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config/problems.h"
#include "base/config/secret.h"
#include "base/config/yaml.h"
#include "base/files/files.h"
#include "base/text/bytes.h"
#include "base/text/duration.h"
#include "base/text/regex.h"

namespace picket {

/// What reading needs besides the tree: where problems go, and the files that `*_file` keys name (relative to
/// the config file).
struct ReadContext {
  const Files& files;
  Problems& problems;
};

class MapReader;

/// A value at its place in the file. `path` is "route.routes[2]".
class ValueReader {
 public:
  ValueReader(const YamlNode& node, std::string path, ReadContext& context)
      : node_(node), path_(std::move(path)), context_(context) {}

  const YamlNode& node() const { return node_; }
  const std::string& path() const { return path_; }
  ReadContext& context() const { return context_; }
  void problem(std::string_view message) const { context_.problems.add(node_.position, path_, message); }

  // Each returns false, and reports, when the value is not of that type. `out` is then unchanged.
  bool decode(bool& out) const;  // true, false
  bool decode(std::string& out) const;
  bool decode(double& out) const;
  bool decode(Duration& out) const;
  bool decode(Bytes& out) const;
  bool decode(Regex& out) const = delete;
  bool decode(std::optional<Regex>& out) const;
  bool decode(std::vector<Regex>& out) const;  // an element that is none is reported and left out
  bool decode(Secret& out) const;
  bool decode_integer(long long& out, long long min, long long max) const;

  /// A list, or null (the empty list: what is left of a key whose items are all commented out). Reports
  /// otherwise.
  bool is_list() const;
  /// A map, or null. Reports otherwise.
  bool is_map() const;
  ValueReader item_at(std::size_t index) const;
  ValueReader value_of(const YamlNode::Entry& entry) const;

  template <std::integral T>
    requires(!std::same_as<T, bool>)
  bool decode(T& out) const;
  template <class T>
  bool decode(std::vector<T>& out) const;  // replaces; a problem in one element leaves the others read
  template <class T>
  bool decode(std::map<std::string, T>& out) const;
  template <class T>
  bool decode(std::optional<T>& out) const;
  template <class T>
    requires requires(MapReader& r, T& t) { read_yaml(r, t); }
  bool decode(T& out) const;
  /// For types that are not maps (a matcher list, a template): `bool read_value(const ValueReader&, X&)`.
  template <class T>
    requires requires(const ValueReader& r, T& t) {
      { read_value(r, t) } -> std::same_as<bool>;
    }
  bool decode(T& out) const {
    return read_value(*this, out);
  }

 private:
  const std::string* text(std::string_view expected) const;

  const YamlNode& node_;
  std::string path_;
  ReadContext& context_;
};

class MapReader {
 public:
  /// Of a map or null (the empty map); decode() has reported anything else.
  explicit MapReader(const ValueReader& value);
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  /// True when the key was there and fine. An absent key leaves `out` alone.
  template <class T>
  bool read(std::string_view key, T& out) {
    const std::optional<ValueReader> value = at(key);
    return value && value->decode(out);
  }
  /// As read(); an absent key is a problem.
  template <class T>
  bool require(std::string_view key, T& out) {
    if (!has(key)) missing(key);
    return read(key, out);
  }
  /// One of a fixed set of words.
  template <class E>
  bool read_enum(std::string_view key, E& out, std::initializer_list<std::pair<std::string_view, E>> words);
  /// `key: value` or `key_file: path` (trailing newline cut). Both is a problem.
  bool read_secret(std::string_view key, Secret& out);
  /// As read_secret(); neither is a problem.
  bool require_secret(std::string_view key, Secret& out);

  bool has(std::string_view key) const;
  /// The value, for callers that read it themselves; marks the key as known.
  std::optional<ValueReader> at(std::string_view key);
  /// Accepts the key without reading it (documented as ignored).
  void ignore(std::string_view key);
  /// Every key of the map that was not asked for yet, as known now: for maps whose keys are the user's.
  std::vector<std::pair<std::string, ValueReader>> rest();

  /// A problem with the value of `key`, or with the map itself when the key is absent or "".
  void problem(std::string_view key, std::string_view message);
  /// Reports the keys nobody asked for, with the nearest of those that were, or with all. Called by ValueReader::decode and load_config.
  void finish();

  const ValueReader& value() const { return value_; }
  ReadContext& context() const { return value_.context(); }

 private:
  void missing(std::string_view key);
  void not_one_of(std::string_view key, std::string_view word, std::span<const std::string> words);
  bool read_secret_file(std::string_view key, Secret& out);
  bool is_known(std::string_view key) const;
  void mark_known(std::string_view key);
  std::string path_of(std::string_view key) const;

  ValueReader value_;
  std::vector<std::string> known_;
  bool rest_taken_ = false;
};

/// Reads, parses and checks a whole file. The error holds every problem, one a line.
template <class T>
Result<T> load_config(const std::string& path, const Files& files);
/// The same on text that is already here; `file` is the name in the problems.
template <class T>
Result<T> parse_config(std::string_view text, const std::string& file, const Files& files);

// --- templates ---

template <std::integral T>
  requires(!std::same_as<T, bool>)
bool ValueReader::decode(T& out) const {
  long long value = 0;
  constexpr auto kMax = static_cast<long long>(std::min<unsigned long long>(
      static_cast<unsigned long long>(std::numeric_limits<T>::max()), std::numeric_limits<long long>::max()));
  if (!decode_integer(value, static_cast<long long>(std::numeric_limits<T>::min()), kMax)) return false;
  out = static_cast<T>(value);
  return true;
}

template <class T>
bool ValueReader::decode(std::vector<T>& out) const {
  if (!is_list()) return false;
  out.clear();
  for (std::size_t i = 0; i < node_.items.size(); ++i) {
    const ValueReader item = item_at(i);
    T element{};
    item.decode(element);
    out.push_back(std::move(element));
  }
  return true;
}

template <class T>
bool ValueReader::decode(std::map<std::string, T>& out) const {
  if (!is_map()) return false;
  out.clear();
  for (const auto& entry : node_.entries) {
    const ValueReader item = value_of(entry);
    T element{};
    if (item.decode(element)) out.emplace(entry.key, std::move(element));
  }
  return true;
}

template <class T>
bool ValueReader::decode(std::optional<T>& out) const {
  T value{};
  if (!decode(value)) return false;
  out = std::move(value);
  return true;
}

template <class T>
  requires requires(MapReader& r, T& t) { read_yaml(r, t); }
bool ValueReader::decode(T& out) const {
  if (!is_map()) return false;
  const std::size_t before = context_.problems.count();
  MapReader reader(*this);
  read_yaml(reader, out);
  reader.finish();
  return context_.problems.count() == before;
}

template <class E>
bool MapReader::read_enum(std::string_view key, E& out,
                          std::initializer_list<std::pair<std::string_view, E>> words) {
  std::string word;
  if (!read(key, word)) return false;
  std::vector<std::string> known;
  for (const auto& [name, value] : words) {
    if (name == word) {
      out = value;
      return true;
    }
    known.emplace_back(name);
  }
  not_one_of(key, word, known);
  return false;
}

template <class T>
Result<T> parse_config(std::string_view text, const std::string& file, const Files& files) {
  Problems problems(file);
  const YamlNode root = parse_yaml(text, problems);
  T config{};
  if (problems.empty()) {
    ReadContext context{files, problems};
    ValueReader(root, "", context).decode(config);
  }
  if (!problems.empty()) return fail(problems.error());
  return config;
}

template <class T>
Result<T> load_config(const std::string& path, const Files& files) {
  const Result<std::string> text = files.read(path, 10_MiB);
  if (!text) return fail(text);
  return parse_config<T>(*text, path, files);
}

}  // namespace picket
