// Finds attacks in the fields of requests: the rules of a class in one pass over the bytes (RE2::Set), in linear
// time, over the field as it is and decoded. authd scans requests with it, the security exporter logs.
// Immutable; copies share the automata; safe from any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/detect/attack_rule.h"

namespace picket {

/// `rule` lives as long as the Detector (or a copy of it).
struct AttackMatch {
  std::string_view rule;
  AttackClass kind = AttackClass::Unscannable;
};

/// Those whose rules are not among the matches yet.
void add_new(std::vector<AttackMatch>& matches, const std::vector<AttackMatch>& more);

/// A field of a request as it stands in a log.
enum class FieldKind : std::uint8_t {
  Target,     ///< "/path?query", or a whole URL; its authority is not scanned
  Referer,    ///< a URL; its authority is scanned when no host name looks like it
  UserAgent,  ///< the field User-Agent
  Host,       ///< the field Host; what may be the name of a host is not scanned
  Other       ///< any other text
};

class Detector {
 public:
  static constexpr std::size_t kTextMax = 8192;
  static constexpr std::size_t kParametersMax = 256;

  /// The rules in the binary, without those whose ids are in `left_out`. InvalidInput names an id that does
  /// not exist.
  static Result<Detector> built_in(std::span<const std::string> left_out = {});
  /// InvalidInput names the rule whose pattern RE2 refuses.
  static Result<Detector> compile(std::vector<AttackRule> rules);

  /// What a scan of a target found.
  struct Finding {
    std::vector<AttackMatch> matches{};  ///< each rule once
    std::string where{};  ///< of the first match: "path", "parameter q", "name of a parameter", "query"
  };

  /// The rules that are asked on `part`, over the text as it is, decoded once and twice, and over the base64 in
  /// it that says text. Matches are in the order of the rules, each once. Text beyond kTextMax is not read:
  /// "too_long" is the match then.
  std::vector<AttackMatch> scan(std::string_view text, TextPart part) const;

  /// A field as it came, in its parts. A target with more than kParametersMax parameters is the match
  /// "too_many_parameters", and its query is not read.
  std::vector<AttackMatch> scan_raw(std::string_view field, FieldKind kind) const;
  /// Path and query as they came, the query without its question mark. Each parameter is read alone: one cannot
  /// finish what another begins, and `&` is no shell's; where the parts are no parameters, the query is read
  /// as one text, too.
  Finding scan_target(std::string_view path, std::string_view query) const;

  const std::vector<AttackRule>& rules() const;

 private:
  struct Program;
  explicit Detector(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  std::shared_ptr<const Program> program_;
};

}  // namespace picket
