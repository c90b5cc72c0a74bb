#include "tests/documents/key_crawl.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text/strings.h"

namespace picket::test {
namespace {

constexpr std::string_view kImpossible = "zz_unknown";
constexpr std::string_view kName = "zz_any";  ///< stands where names of the user's do
constexpr std::string_view kKnown = "; known are ";
constexpr std::string_view kWords = "must be one of ";

/// A way from the top of the file to a map: what stands before it and behind it, and its path.
struct Place {
  std::string before;
  std::string behind;
  std::string path;                          ///< "checks[].prober.http"
  std::string written;                       ///< as problems name it: "checks[0].prober.http"
  std::vector<std::set<std::string>> above;  ///< the keys of each map on the way
};

struct Step {
  std::string before;
  std::string behind;
  std::string path;
  std::string written;
};

std::array<Step, 4> steps_into(const std::string& key) {
  const std::string name(kName);
  return {{
      {key + ": ", "", key, key},
      {key + ": [", "]", key + "[]", key + "[0]"},
      {key + ": {" + name + ": ", "}", key + ".*", key + "." + name},
      {key + ": {" + name + ": [", "]}", key + ".*[]", key + "." + name + "[0]"},
  }};
}

std::string joined(const std::string& path, const std::string& more) {
  return path.empty() ? more : path + "." + more;
}

std::set<std::string> list_after(std::string_view line, std::string_view start) {
  std::set<std::string> words;
  const std::size_t at = line.find(start);
  if (at == std::string_view::npos) return words;
  std::string_view rest = line.substr(at + start.size());
  rest = rest.substr(0, rest.find(", not \""));
  for (const std::string_view word : split(rest, ',')) {
    if (trim(word).find(' ') == std::string_view::npos) words.emplace(trim(word));  // not "or a number"
  }
  return words;
}

class Crawl {
 public:
  explicit Crawl(const ConfigReader& reader) : reader_(reader) {}

  KnownKeys run() {
    visit({"", "", "", "", {}});
    return std::move(found_);
  }

 private:
  /// Every variant of the map: what it needs, and each word that a key of it may be.
  void visit(const Place& place) {
    MapKeys keys;
    std::vector<std::string> variants = needs_of(place.path);
    for (std::size_t i = 0; i < variants.size(); ++i) {
      const std::optional<std::set<std::string>> known = known_at(place, variants[i]);
      if (!known) continue;
      for (const std::string& key : *known) {
        if (!keys.known.insert(key).second) continue;
        if (is_required(place, variants[i], key)) keys.required.insert(key);
        for (const std::string& word : words_of(place, variants[i], key)) {
          variants.push_back(key + ": " + word);
          keys.words[key].insert(word);
        }
        descend(place, variants[i], key, *known);
      }
    }
    found_[place.path].known.merge(keys.known);
    found_[place.path].required.merge(keys.required);
    for (auto& [key, words] : keys.words) found_[place.path].words[key].merge(words);
  }

  std::vector<std::string> needs_of(const std::string& path) const {
    std::vector<std::string> variants{""};
    const auto [begin, end] = reader_.needs.equal_range(path);
    for (auto it = begin; it != end; ++it) variants.push_back(it->second);
    return variants;
  }

  static std::string file(const Place& place, const std::string& variant, const std::string& entry) {
    const std::string separator = variant.empty() ? "" : ", ";
    return place.before + "{" + variant + separator + entry + "}" + place.behind + "\n";
  }

  std::optional<std::set<std::string>> known_at(const Place& place, const std::string& variant) const {
    const std::string own = "unknown key \"" + std::string(kImpossible) + "\"" + std::string(kKnown);
    const std::string in_map = (place.written.empty() ? "" : " " + place.written + ":") + " " + own;
    const std::string as_key = " " + joined(place.written, std::string(kImpossible)) + ": ";
    const std::string problems = reader_.problems(file(place, variant, std::string(kImpossible) + ": 1"));
    for (const std::string_view line : split(problems, '\n')) {
      const bool is_here = line.find(in_map) != std::string_view::npos ||
                           (line.find(as_key) != std::string_view::npos && line.find(kKnown) != line.npos);
      if (is_here) return list_after(line, kKnown);
    }
    return std::nullopt;
  }

  std::set<std::string> words_of(const Place& place, const std::string& variant,
                                 const std::string& key) const {
    const std::string problems =
        reader_.problems(file(place, variant, key + ": " + std::string(kImpossible)));
    const std::string start = " " + joined(place.written, key) + ": " + std::string(kWords);
    for (const std::string_view line : split(problems, '\n')) {
      if (line.find(start) != std::string_view::npos) return list_after(line, kWords);
    }
    return {};
  }

  bool is_required(const Place& place, const std::string& variant, const std::string& key) const {
    const std::string problems = reader_.problems(file(place, variant, std::string(kImpossible) + ": 1"));
    const std::string in_map = (place.written.empty() ? "" : " " + place.written + ":");
    return problems.find(" " + joined(place.written, key) + ": is required") != std::string::npos ||
           problems.find(in_map + " " + key + ": is missing") != std::string::npos;
  }

  void descend(const Place& place, const std::string& variant, const std::string& key,
               const std::set<std::string>& known) {
    const std::string separator = variant.empty() ? "" : ", ";
    for (const Step& step : steps_into(key)) {
      Place inner;
      inner.before = place.before + "{" + variant + separator + step.before;
      inner.behind = step.behind + "}" + place.behind;
      inner.path = joined(place.path, step.path);
      inner.written = joined(place.written, step.written);
      inner.above = place.above;
      inner.above.push_back(known);
      const std::optional<std::set<std::string>> keys = known_at(inner, "");
      const bool repeats = keys && std::ranges::find(inner.above, *keys) != inner.above.end();
      if (keys && !repeats) visit(inner);
    }
  }

  const ConfigReader& reader_;
  KnownKeys found_;
};

}  // namespace

KnownKeys crawl_keys(const ConfigReader& reader) {
  return Crawl(reader).run();
}

}  // namespace picket::test
