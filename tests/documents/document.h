// docs/configuration.md and its like: which words stand between backticks, and where.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace picket::test {

/// A place is
///   "Probers"            everything under that heading
///   "A check#keys"       the first column of the tables under it
///   "Probers#kinds"      the words that its paragraphs and list items begin with
///   "health.yml/slos"    the other columns of the row of `slos`; a paragraph or list item that begins with
///                        `slos`; the table below a paragraph that is `slos` alone
///   "blackbox.yml|icmp"  of a paragraph that has "below `icmp`:", what follows until the next "below"; with
///                        nothing behind the '|' what stands before the first
///   "health.yml^A window"  a paragraph that begins so
class Document {
 public:
  explicit Document(std::string_view text);

  /// Words of a-z, 0-9 and _. Empty when there is no such place.
  std::set<std::string> words(std::string_view place) const;
  /// The text of the place's rows and paragraphs.
  std::string text(std::string_view place) const;
  /// What stands behind a word, as a default does: "0.999" of "`objective` (0.999: of good probes)", and of a
  /// row's second column. "required" is one, too.
  std::map<std::string, std::string> defaults(std::string_view place) const;

 private:
  struct Unit {  ///< a row, a paragraph, a list item
    std::string heading;
    std::string text;
    std::string label;  ///< the word it begins with, or that stands above its table
    bool is_row = false;
    std::set<std::string> keys;                   ///< of a row: its first column
    std::map<std::string, std::string> defaults;  ///< of the keys
    std::set<std::string> words;                  ///< of the rest
  };

  struct Part {
    const Unit* unit;
    bool keys;   ///< the place has those of the row's first column
    bool words;  ///< and the others
  };
  std::set<std::string> words_below(std::string_view heading, std::string_view key) const;
  std::vector<Part> parts_of(std::string_view place) const;
  void add_row(std::string_view line);
  void add_text(std::string_view line);
  void end_unit();

  std::vector<Unit> units_;
  Unit open_;  ///< the paragraph being read
  std::string heading_;
  std::string table_label_;
};

/// A file of the checkout, "docs/metrics.md"; gives up when it cannot be read.
std::string source_file(const std::string& path);

/// "`a`, `.b_c` (`D`, `e.f`)": a and b_c.
std::set<std::string> words_in_backticks(std::string_view text);

}  // namespace picket::test
