// No secret stands in a text of a service: its environment, command, health check, labels, arguments of the
// build. A path below /run/secrets may, and what a shell reads there.
#include <fmt/format.h>

#include "base/text/regex.h"
#include "base/text/strings.h"
#include "tests/compose/policy_service.h"

namespace picket::test {
namespace {

bool sounds_secret(const std::string& key) {
  static const Regex words = Regex::compile("PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|AUTH$").value();
  return words.search(to_upper(key));
}

/// PGPASSWORD=x, password=x, --requirepass, user:password@ in a URL.
bool holds_secret(const std::string& text) {
  static const Regex read =
      Regex::compile("\\$\\$\\(cat /run/secrets/[a-z_]+\\)|/run/secrets/[a-z_]+").value();
  static const Regex given =
      Regex::compile(
          "((PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL)[A-Z_]*|AUTH)[\"']?\\s*[=:]\\s*[\"']?[^\"'\\s]|"
          "--?(REQUIREPASS|MASTERAUTH|PASS|PASSWORD|TOKEN)\\b|://[^/@\\s]*:[^/@\\s]+@")
          .value();
  return given.search(to_upper(read.replace_all(text, "")));
}

void check_text(const Service& s, const std::string& key, const YamlNode& node) {
  static const Regex file = Regex::compile("/run/secrets/[a-z_]+").value();
  if (node.kind == YamlNode::Kind::Map || node.kind == YamlNode::Kind::Sequence) {
    for (const YamlNode& item : node.items) check_text(s, key, item);
    for (const YamlNode::Entry& entry : node.entries) check_text(s, entry.key, entry.value);
    return;
  }
  s.must(!sounds_secret(key) || file.full_match(node.scalar), "a secret in " + key);
  s.must(!holds_secret(node.scalar), "a password in " + key);
}

}  // namespace

void check_texts(const Service& s) {
  for (const YamlNode::Entry& entry : s.node().entries) {
    const bool names_files = entry.key == "secrets" || entry.key == "volumes" || entry.key == "image";
    if (!names_files) check_text(s, entry.key, entry.value);
  }
}

}  // namespace picket::test
