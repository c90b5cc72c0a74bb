#include "exporters/security/tail/rotated_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <set>

namespace picket::security {
namespace {

constexpr std::size_t kMaxSiblings = 4096;
constexpr std::array<std::string_view, 5> kCompressed{".gz", ".bz2", ".xz", ".zst", ".Z"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view without_compression(std::string_view name) {
  for (const std::string_view ending : kCompressed) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

bool is_separator(char c) {
  return c == '-' || c == '.' || c == '_';
}

/// ".1", "-20261130", ".2026-11-30T10:00", ".old"
bool is_suffix(std::string_view text) {
  if (text == ".old" || text == ".bak" || text == ".prev") return true;
  if (text.size() < 2 || !is_separator(text[0]) || !is_digit(text[1]) || !is_digit(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_digit(c) || is_separator(c) || c == 'T' || c == ':'; });
}

/// Where the longest suffix of `name` begins; npos: it has none.
std::size_t suffix_start(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  const std::size_t first = name.size() > kLongest ? name.size() - kLongest : 1;
  for (std::size_t start = std::max<std::size_t>(first, 1); start < name.size(); ++start) {
    if (is_suffix(name.substr(start))) return start;
  }
  return std::string_view::npos;
}

struct Order {
  enum class Kind : std::uint8_t { Number, Date, Word } kind = Kind::Word;
  std::string digits;
};

Order order_of(std::string_view suffix) {
  Order order;
  for (const char c : suffix) {
    if (is_digit(c)) order.digits += c;
  }
  constexpr std::size_t kLongestNumber = 5;
  if (order.digits.empty()) return order;
  order.kind = order.digits.size() <= kLongestNumber ? Order::Kind::Number : Order::Kind::Date;
  return order;
}

struct Sibling {
  RotatedFile file;
  Order order;
};

/// The part of `name` that tells a rotated file of the log `log`; nothing when it is none.
std::optional<std::string_view> suffix_for(std::string_view name, std::string_view log) {
  const std::string_view bare = without_compression(name);
  if (bare.starts_with(log)) {
    const std::string_view suffix = bare.substr(log.size());
    const bool fits = suffix.empty() ? bare.size() != name.size() : is_suffix(suffix);
    return fits ? std::optional(suffix) : std::nullopt;
  }
  const std::size_t dot = log.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const std::string_view stem = log.substr(0, dot), extension = log.substr(dot);
  if (bare.size() <= log.size() || !bare.starts_with(stem) || !bare.ends_with(extension)) return std::nullopt;
  const std::string_view suffix = bare.substr(stem.size(), bare.size() - log.size());
  return is_suffix(suffix) ? std::optional(suffix) : std::nullopt;
}

bool older(const Sibling& a, const Sibling& b, bool by_name) {
  if (!by_name) return a.file.facts.modified < b.file.facts.modified;
  if (a.order.kind == Order::Kind::Date) return a.order.digits < b.order.digits;
  if (a.order.digits.size() != b.order.digits.size()) return a.order.digits.size() > b.order.digits.size();
  return a.order.digits > b.order.digits;
}

void sort_by_age(std::vector<Sibling>& siblings) {
  const bool by_name = std::all_of(siblings.begin(), siblings.end(), [&](const Sibling& sibling) {
    return sibling.order.kind == siblings.front().order.kind && sibling.order.kind != Order::Kind::Word;
  });
  std::stable_sort(siblings.begin(), siblings.end(),
                   [&](const Sibling& a, const Sibling& b) { return older(a, b, by_name); });
}

std::optional<FileFacts> regular_facts(int folder, const char* name) {
  struct stat status {};
  if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) return {};
  constexpr std::int64_t kNanos = 1'000'000'000;
  return FileFacts{status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_nlink,
                   status.st_mtim.tv_sec * kNanos + status.st_mtim.tv_nsec};
}

std::vector<Sibling> siblings_of(const std::string& folder, std::string_view log) {
  std::vector<Sibling> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> open_folder(opendir(folder.c_str()), closedir);
  if (!open_folder) return found;
  while (const dirent* entry = readdir(open_folder.get())) {
    const std::string_view name = entry->d_name;
    const auto suffix = suffix_for(name, log);
    if (!suffix || (is_compressed_name(name) && !name.ends_with(".gz"))) continue;
    const auto facts = regular_facts(dirfd(open_folder.get()), entry->d_name);
    if (!facts) continue;
    found.push_back({{folder + "/" + std::string(name), *facts, false}, order_of(*suffix)});
    if (found.size() >= kMaxSiblings) break;
  }
  return found;
}

void drop_compressed_twins(std::vector<Sibling>& siblings) {
  std::set<std::string> plain;
  for (const Sibling& sibling : siblings) {
    if (!is_compressed_name(sibling.file.path)) plain.insert(sibling.file.path);
  }
  std::erase_if(siblings, [&](const Sibling& sibling) {
    const std::string& path = sibling.file.path;
    return is_compressed_name(path) && plain.contains(std::string(without_compression(path)));
  });
}

}  // namespace

bool is_compressed_name(std::string_view name) {
  return without_compression(name).size() != name.size();
}

std::optional<std::string> log_name_of(std::string_view rotated_name) {
  const std::string_view bare = without_compression(rotated_name);
  const std::size_t start = suffix_start(bare);
  if (start == std::string_view::npos) return std::nullopt;
  return std::string(bare.substr(0, start));
}

std::optional<std::string> log_name_before_extension(std::string_view rotated_name) {
  const std::string_view bare = without_compression(rotated_name);
  const std::size_t dot = bare.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::size_t start = suffix_start(bare.substr(0, dot));
  if (start == std::string_view::npos) return std::nullopt;
  return std::string(bare.substr(0, start)).append(bare.substr(dot));
}

std::vector<RotatedFile> rotated_files(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  std::vector<Sibling> siblings = siblings_of(path.substr(0, slash), path.substr(slash + 1));
  drop_compressed_twins(siblings);
  sort_by_age(siblings);
  std::vector<RotatedFile> files;
  files.reserve(siblings.size() + 1);
  for (Sibling& sibling : siblings) files.push_back(std::move(sibling.file));
  if (const auto live = facts_of(path)) files.push_back({path, *live, true});
  return files;
}

}  // namespace picket::security
