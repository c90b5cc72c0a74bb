#include "alertd/series/labels.h"

#include <algorithm>

#include <fmt/format.h>

namespace picket::alertd {

namespace {

constexpr std::uint64_t kFnvOffset = 14695981039346656037U;
constexpr std::uint64_t kFnvPrime = 1099511628211U;
constexpr unsigned char kSeparator = 0xff;

std::uint64_t add(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
  return (hash ^ kSeparator) * kFnvPrime;
}

std::uint64_t hash_of(const std::vector<Label>& labels) {
  std::uint64_t hash = kFnvOffset;
  for (const Label& label : labels) hash = add(add(hash, label.name), label.value);
  return hash;
}

bool name_less(const Label& a, const Label& b) {
  return a.name < b.name;
}

bool letter_or_underscore(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

std::string Fingerprint::to_string() const {
  return fmt::format("{:016x}", value);
}

std::shared_ptr<const Labels::Set> Labels::make_set(std::vector<Label> labels) {
  const std::uint64_t hash = hash_of(labels);
  return std::make_shared<const Set>(Set{std::move(labels), Fingerprint{hash}});
}

const std::shared_ptr<const Labels::Set>& Labels::empty_set() {
  static const std::shared_ptr<const Set> empty = make_set({});
  return empty;
}

Labels::Labels() : set_(empty_set()) {}

Labels::Labels(std::initializer_list<Label> labels) : Labels(std::vector<Label>(labels)) {}

std::vector<Label> Labels::in_order(std::vector<Label> labels) {
  if (!std::is_sorted(labels.begin(), labels.end(), name_less)) {
    std::stable_sort(labels.begin(), labels.end(), name_less);
  }
  std::vector<Label> kept;
  kept.reserve(labels.size());
  for (Label& label : labels) {
    if (!kept.empty() && kept.back().name == label.name) kept.pop_back();
    kept.push_back(std::move(label));
  }
  return kept;
}

Labels::Labels(std::vector<Label> labels) {
  std::vector<Label> kept = in_order(std::move(labels));
  std::erase_if(kept, [](const Label& label) { return label.value.empty(); });
  set_ = kept.empty() ? empty_set() : make_set(std::move(kept));
}

Labels Labels::with_empty_values(std::vector<Label> labels) {
  Labels all;
  std::vector<Label> kept = in_order(std::move(labels));
  if (!kept.empty()) all.set_ = make_set(std::move(kept));
  return all;
}

const std::string* Labels::find(std::string_view name) const {
  const auto& labels = set_->labels;
  const auto found = std::lower_bound(labels.begin(), labels.end(), name,
                                      [](const Label& label, std::string_view n) { return label.name < n; });
  return found != labels.end() && found->name == name ? &found->value : nullptr;
}

const std::string& Labels::get(std::string_view name) const {
  static const std::string absent;
  const std::string* value = find(name);
  return value ? *value : absent;
}

Labels Labels::only(std::span<const std::string> names) const {
  std::vector<Label> labels;
  for (const Label& label : set_->labels) {
    if (std::find(names.begin(), names.end(), label.name) != names.end()) labels.push_back(label);
  }
  return Labels(std::move(labels));
}

std::string Labels::to_string() const {
  std::string text = "{";
  for (const Label& label : set_->labels) {
    if (text.size() > 1) text += ", ";
    text += is_classic_label_name(label.name) ? label.name : quote_label_value(label.name);
    text += '=';
    text += quote_label_value(label.value);
  }
  return text + '}';
}

bool Labels::operator==(const Labels& other) const {
  return set_ == other.set_ ||
         (set_->fingerprint == other.set_->fingerprint && set_->labels == other.set_->labels);
}

std::strong_ordering Labels::operator<=>(const Labels& other) const {
  if (set_ == other.set_) return std::strong_ordering::equal;
  return std::lexicographical_compare_three_way(begin(), end(), other.begin(), other.end());
}

bool is_classic_label_name(std::string_view name) {
  if (name.empty() || !letter_or_underscore(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return letter_or_underscore(c) || (c >= '0' && c <= '9'); });
}

std::string quote_label_value(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace picket::alertd
