// Attack patterns as text: the built-in list, attack_rules.txt, was written for Picket and says itself how it
// is read. Used by Detector, and by daemons that add rules of their own. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace picket {

enum class AttackClass : std::uint8_t {
  SqlInjection,
  NosqlInjection,
  Xss,
  PathTraversal,      ///< paths that leave their folder, and files of the system
  FileInclusion,      ///< a remote file, or a stream of PHP, where a file name belongs
  CommandInjection,   ///< Unix shells, Windows, PowerShell
  ServerSideRequest,  ///< SSRF: addresses that only the server reaches
  TemplateInjection,  ///< templates and expressions, and code of Python, Ruby and Node.js
  LdapInjection,
  MailInjection,      ///< header fields of mail, commands of SMTP, IMAP and POP3
  XmlEntity,          ///< XXE, XInclude, XSLT
  ServerSideInclude,  ///< SSI and ESI
  PhpCode,
  JavaCode,  ///< JNDI, OGNL, SpEL, deserialization
  PrototypePollution,
  ControlBytes,  ///< bytes that no text holds, and fields of a response after a line break
  WebShell,
  ScannerPath,
  ScannerAgent,
  Unscannable  ///< too long, or the automaton ran out of memory: nobody knows what it holds
};
inline constexpr std::array kAttackClasses{
    AttackClass::SqlInjection,      AttackClass::NosqlInjection,    AttackClass::Xss,
    AttackClass::PathTraversal,     AttackClass::FileInclusion,     AttackClass::CommandInjection,
    AttackClass::ServerSideRequest, AttackClass::TemplateInjection, AttackClass::LdapInjection,
    AttackClass::MailInjection,     AttackClass::XmlEntity,         AttackClass::ServerSideInclude,
    AttackClass::PhpCode,           AttackClass::JavaCode,          AttackClass::PrototypePollution,
    AttackClass::ControlBytes,      AttackClass::WebShell,          AttackClass::ScannerPath,
    AttackClass::ScannerAgent,      AttackClass::Unscannable};
/// "sql_injection", "xss", ...: fit for a metric label.
std::string_view to_string(AttackClass kind);

/// What a text is: a rule says on which of them it is asked.
enum class TextPart : std::uint8_t {
  Path,      ///< of the request's target
  Value,     ///< name or value of a parameter, address or field of a header
  UserAgent  ///< the field User-Agent
};
inline constexpr std::array kTextParts{TextPart::Path, TextPart::Value, TextPart::UserAgent};

/// What a rule must find, or must not.
struct RuleExample {
  std::string text;  ///< bytes, its escapes resolved
  bool is_attack = false;
  int line = 0;
};

struct AttackRule {
  AttackClass kind = AttackClass::SqlInjection;
  std::string id{};                                             ///< "sql_union_select"; unique in a list
  std::string pattern{};                                        ///< RE2, its {names} put in
  std::array<bool, kTextParts.size()> is_on{true, true, true};  ///< by TextPart
  std::vector<RuleExample> examples{};
  int line = 0;  ///< of the text that it was read from
};

/// The rules of `before`, which also gives its names, and then those of `text`. InvalidInput with the number
/// of the line. Patterns are compiled by Detector, not here.
Result<std::vector<AttackRule>> parse_attack_rules(std::string_view text, std::string_view before = "");

/// The file that CMake put into the binary.
std::string_view attack_rules_text();

}  // namespace picket
