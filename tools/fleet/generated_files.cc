#include "tools/fleet/generated_files.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::fleet {
namespace {

constexpr std::string_view kMemory = ".generated";
constexpr int kOldMax = 1000;
constexpr std::string_view kBetween = "  ";  // as sha256sum has it

std::string checksum(std::string_view content) {
  return hex_encode(sha256(content));
}

bool is_name_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.';
}

/// "prometheus.yml" or "rules/NAME.yml". Names that ship have no other letters, so that one is also fit for a
/// terminal.
bool can_be_generated(std::string_view path) {
  constexpr std::string_view kRules = "rules/", kEnd = ".yml";
  if (path == "prometheus.yml") return true;
  if (!path.starts_with(kRules) || !path.ends_with(kEnd)) return false;
  const std::string_view name = path.substr(kRules.size());
  return !name.starts_with('.') && std::ranges::all_of(name, is_name_letter);
}

/// Of a file that anybody may have written, for a terminal.
std::string printable(std::string_view text) {
  return escape_invisible(json_quote(truncate(text, 60)));
}

class Generator {
 public:
  Generator(std::string folder, Files& files) : folder_(std::move(folder)), files_(files) {}

  Result<void> remember();  ///< reads what was written last
  Result<void> write(const GeneratedFile& file);
  Result<void> remove_others(const std::vector<GeneratedFile>& wanted);
  Result<void> memorize(const std::vector<GeneratedFile>& wanted);
  std::vector<std::string> told() && { return std::move(told_); }

 private:
  std::string place(std::string_view path) const { return fmt::format("{}/{}", folder_, path); }
  /// Nothing when it is not there.
  Result<std::optional<std::string>> content_of(const std::string& path) const;
  bool is_edited(const std::string& path, std::string_view content) const;
  /// Takes a line of what was written last; false when it names no generated file.
  bool remember_line(std::string_view line);
  Result<void> keep(const std::string& path, const std::string& content);
  Result<void> remove_one(const std::string& path);

  std::string folder_;
  Files& files_;
  std::map<std::string, std::string> sums_;  ///< checksum by path
  std::vector<std::string> told_;
};

Result<std::optional<std::string>> Generator::content_of(const std::string& path) const {
  const Result<std::string> content = files_.read(place(path), 10_MiB);
  if (content) return std::optional(*content);
  if (content.error().kind == ErrorKind::NotFound) return std::optional<std::string>();
  return fail(content);
}

Result<void> Generator::remember() {
  const auto memory = content_of(std::string(kMemory));
  if (!memory) return fail(memory);
  const std::string text = memory->value_or("");
  std::size_t ignored = 0;
  std::string_view first;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty() || remember_line(line)) continue;
    if (++ignored == 1) first = line;
  }
  if (ignored == 0) return {};
  const std::size_t end = first.find(kBetween);
  told_.push_back(fmt::format("{}: {} ignored, such as {}", place(kMemory),
                              ignored == 1 ? "1 line names no generated file and is"
                                           : fmt::format("{} lines name no generated file and are", ignored),
                              printable(end == first.npos ? first : first.substr(end + kBetween.size()))));
  return {};
}

bool Generator::remember_line(std::string_view line) {
  const std::size_t end = line.find(kBetween);
  if (end == line.npos) return false;
  const std::string_view path = line.substr(end + kBetween.size());
  if (!can_be_generated(path)) return false;
  sums_[std::string(path)] = line.substr(0, end);
  return true;
}

bool Generator::is_edited(const std::string& path, std::string_view content) const {
  const auto found = sums_.find(path);
  return found == sums_.end() || found->second != checksum(content);
}

Result<void> Generator::keep(const std::string& path, const std::string& content) {
  for (int number = 1; number <= kOldMax; ++number) {
    const std::string old = path + ".old" + (number == 1 ? "" : fmt::format(".{}", number));
    const auto there = content_of(old);
    if (!there) return fail(there);
    if (*there && **there != content) continue;
    if (!*there) {
      if (auto written = files_.write_atomic(place(old), content, 0600); !written) return written;
    }
    const bool is_known = sums_.contains(path);
    told_.push_back(fmt::format("{} {}: it is kept as {}", place(path),
                                is_known ? "was edited" : "is of a version that did not keep track of edits",
                                place(old)));
    return {};
  }
  return fail(ErrorKind::Conflict,
              fmt::format("{} has {} old versions beside it: remove some", place(path), kOldMax));
}

Result<void> Generator::write(const GeneratedFile& file) {
  const auto before = content_of(file.path);
  if (!before) return fail(before);
  if (*before == file.content) return {};
  if (*before && is_edited(file.path, **before)) {
    if (auto kept = keep(file.path, **before); !kept) return kept;
  }
  told_.push_back(fmt::format("{} {}", *before ? "wrote" : "created", place(file.path)));
  return files_.write_atomic(place(file.path), file.content, file.mode);
}

Result<void> Generator::remove_one(const std::string& path) {
  const auto content = content_of(path);
  if (!content) return fail(content);
  if (!*content) return {};
  if (is_edited(path, **content)) {
    if (auto kept = keep(path, **content); !kept) return kept;
  } else if (!(*content)->starts_with(kWrittenBy)) {
    told_.push_back(fmt::format("{} stays: it was not written by ./picket run", place(path)));
    return {};
  }
  told_.push_back(fmt::format("removed {}: it no longer ships", place(path)));
  return files_.remove(place(path));
}

Result<void> Generator::remove_others(const std::vector<GeneratedFile>& wanted) {
  for (const auto& [path, sum] : sums_) {
    if (std::ranges::find(wanted, path, &GeneratedFile::path) != wanted.end()) continue;
    if (auto removed = remove_one(path); !removed) return removed;
  }
  return {};
}

Result<void> Generator::memorize(const std::vector<GeneratedFile>& wanted) {
  std::string text;
  for (const GeneratedFile& file : wanted) {
    text += fmt::format("{}{}{}\n", checksum(file.content), kBetween, file.path);
  }
  return files_.write_atomic(place(kMemory), text, 0600);
}

}  // namespace

Result<std::vector<std::string>> write_generated(const std::string& folder,
                                                 const std::vector<GeneratedFile>& wanted, Files& files) {
  Generator generator(folder, files);
  if (auto read = generator.remember(); !read) return fail(read);
  for (const GeneratedFile& file : wanted) {
    if (auto written = generator.write(file); !written) return fail(written);
  }
  if (auto removed = generator.remove_others(wanted); !removed) return fail(removed);
  if (auto done = generator.memorize(wanted); !done) return fail(done);
  return std::move(generator).told();
}

}  // namespace picket::fleet
