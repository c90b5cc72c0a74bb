// A set of labels, sorted by name, immutable: what a series, an alert and a group are known by. Copies share
// the set, so they cost a pointer. Safe from any thread. A label with an empty value is the same as no label.
#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picket::alertd {

struct Label {
  std::string name;
  std::string value;
  auto operator<=>(const Label&) const = default;
};

/// FNV-64a over the sorted labels: Alertmanager's identity of an alert.
struct Fingerprint {
  std::uint64_t value = 0;
  auto operator<=>(const Fingerprint&) const = default;
  /// Sixteen hexadecimal digits.
  std::string to_string() const;
};

class Labels {
 public:
  Labels();
  /// In any order; of two with the same name the later one counts; empty values are left out.
  explicit Labels(std::vector<Label> labels);
  Labels(std::initializer_list<Label> labels);
  /// The same with empty values left in: annotations, of which an empty one is one.
  static Labels with_empty_values(std::vector<Label> labels);

  /// Null when there is no such label.
  const std::string* find(std::string_view name) const;
  /// "" when there is no such label.
  const std::string& get(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::size_t size() const { return set_->labels.size(); }
  bool empty() const { return set_->labels.empty(); }
  auto begin() const { return set_->labels.begin(); }
  auto end() const { return set_->labels.end(); }
  Fingerprint fingerprint() const { return set_->fingerprint; }

  /// A copy with only those names.
  Labels only(std::span<const std::string> names) const;

  /// `{alertname="Down", job="api"}`
  std::string to_string() const;

  bool operator==(const Labels& other) const;
  std::strong_ordering operator<=>(const Labels& other) const;

 private:
  struct Set {
    std::vector<Label> labels;
    Fingerprint fingerprint;
  };
  static std::vector<Label> in_order(std::vector<Label> labels);
  static std::shared_ptr<const Set> make_set(std::vector<Label> labels);
  static const std::shared_ptr<const Set>& empty_set();
  std::shared_ptr<const Set> set_;
};

/// For unordered containers keyed by Labels.
struct LabelsHash {
  std::size_t operator()(const Labels& labels) const { return labels.fingerprint().value; }
};

/// Letters, digits and underscores, not starting with a digit.
bool is_classic_label_name(std::string_view name);
/// `a"b` as `"a\"b"`, with newline and backslash escaped: how label values are written in selectors.
std::string quote_label_value(std::string_view value);

}  // namespace picket::alertd
