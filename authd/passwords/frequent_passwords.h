// The passwords and words that guessers try first. The built-in list, frequent_passwords.txt, was written for
// Picket: the most used passwords as reports have named them for years, first names, everyday words, keyboard
// walks. It comes from no leaked file. A larger list can be added from a file, one password a line.
// Immutable once handed out; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "base/files/files.h"

namespace picket::authd {

class FrequentPasswords {
 public:
  /// The list in the binary.
  static FrequentPasswords built_in();
  /// The built-in list and the lines of a file (at most 64 MiB; blank lines are skipped).
  static Result<FrequentPasswords> with_file(const Files& files, const std::string& path);

  /// `folded` by fold_plain() or fold_leet(): both forms of every entry are held.
  bool contains(std::string_view folded) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  void add_lines(std::string_view text);

  std::unordered_set<std::string, Hash, std::equal_to<>> folded_;
};

/// The file that CMake put into the binary.
std::string_view frequent_passwords_text();

}  // namespace picket::authd
