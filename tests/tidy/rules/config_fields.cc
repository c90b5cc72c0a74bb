#include "tests/tidy/rules/config_fields.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text/strings.h"
#include "tests/tidy/rules/sizes.h"

namespace picket::tidy {
namespace {

/// Read for a reason that the reader of the file has alone.
constexpr std::array<std::string_view, 2> kReadersOwn{
    "BusinessConfig::packs",  // their queries are among `queries`
    "Module::kind_name",      // the word behind `kind`, for the problem that names it
};

/// The X of every `read_yaml(MapReader& r, X& x)`, without its namespace.
std::set<std::string> filled_structs(const SourceTree& tree) {
  static constexpr std::string_view kReader = "read_yaml(MapReader& r, ";
  std::set<std::string> names;
  for (const SourceFile& file : tree.files) {
    const std::string_view code = file.code();
    for (std::size_t at = code.find(kReader); at != code.npos; at = code.find(kReader, at + 1)) {
      const std::string_view rest = code.substr(at + kReader.size());
      const std::string_view type = rest.substr(0, rest.find('&'));
      const std::size_t scope = type.rfind("::");
      names.emplace(scope == type.npos ? type : type.substr(scope + 2));
    }
  }
  return names;
}

struct Field {
  std::string name;
  int line;
};

/// "std::string idle" of "std::string idle = {}": the last word of a member's declaration, "" of a function.
std::string field_name(std::string_view declaration) {
  declaration = declaration.substr(0, declaration.find_first_of("={"));
  if (declaration.find('(') != std::string_view::npos) return "";
  declaration = trim(declaration);
  const std::size_t blank = declaration.find_last_of(" &*>");
  const std::string_view name = blank == declaration.npos ? "" : declaration.substr(blank + 1);
  const bool is_other = name == "operator" || declaration.starts_with("using ") ||
                        declaration.starts_with("static ") || declaration.starts_with("friend ") ||
                        declaration.starts_with("enum ");
  return is_identifier(name) && !is_other ? std::string(name) : "";
}

/// Of the member that stands there, unless it is a function.
void add_field(std::string_view code, std::size_t start, std::size_t end, std::vector<Field>& fields) {
  const std::string name = field_name(code.substr(start, end - start));
  if (!name.empty()) fields.push_back({name, line_of(code, end)});
}

/// Whether the brace at `at` opens the body of the function whose declaration begins at `start`.
bool opens_body(std::string_view code, std::size_t start, std::size_t at) {
  return code[at - 1] == ' ' && code.substr(start, at - start).find('=') == code.npos;
}

/// Members between the braces that open at `open`, those of nested braces left out.
std::vector<Field> fields_of(std::string_view code, std::size_t open) {
  std::vector<Field> fields;
  int depth = 0;
  std::size_t start = open + 1;
  bool had_body = false;
  for (std::size_t at = open; at < code.size(); ++at) {
    const char c = code[at];
    if (c == '{' && ++depth == 2) had_body = opens_body(code, start, at);
    const bool ends_body = c == '}' && --depth == 1 && had_body;
    if (depth == 0 && c == '}') break;
    if (depth == 1 && (c == ';' || ends_body)) {
      if (!ends_body) add_field(code, start, at, fields);
      start = at + 1;
    }
  }
  return fields;
}

/// A function that reads a file: it has a MapReader, as a parameter, of its own or of its class.
bool reads_file(std::string_view code) {
  return code.find("MapReader") != code.npos || code.find("ValueReader") != code.npos || has_word(code, "r_");
}

/// The file's code without its functions that read files.
std::string code_of_users(const SourceFile& file) {
  const std::vector<std::string_view> lines = lines_of(file.code());
  std::vector<bool> is_left_out(lines.size() + 1, false);
  for (const Function& function : functions_of(file)) {
    std::string body;
    const auto end = std::min(lines.size(), static_cast<std::size_t>(function.line + function.lines - 1));
    const auto begin = static_cast<std::size_t>(function.line - 1);
    for (std::size_t i = begin; i < end; ++i) body += std::string(lines[i]) + "\n";
    if (reads_file(body)) std::fill_n(is_left_out.begin() + function.line - 1, end - begin, true);
  }
  std::string code;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_left_out[i]) code += std::string(lines[i]) + "\n";
  }
  return code;
}

/// Whether the name at `at` is that of "&Type::name".
bool is_pointer_to_member(std::string_view code, std::size_t at) {
  if (at < 3 || code.substr(at - 2, 2) != "::") return false;
  std::size_t type = at - 2;
  while (type > 0 && is_identifier("a" + std::string(code.substr(type - 1, 1)))) --type;
  return type > 0 && code[type - 1] == '&';
}

/// `.name`, `->name` and `&Type::name` that are not set there.
void add_uses(std::string_view code, std::set<std::string, std::less<>>& uses) {
  for (std::size_t at = 1; at < code.size(); ++at) {
    const bool is_member =
        code[at - 1] == '.' || code.substr(at < 2 ? 0 : at - 2, 2) == "->" || is_pointer_to_member(code, at);
    if (!is_member || !is_identifier(code.substr(at, 1))) continue;
    std::size_t end = at;
    while (end < code.size() && is_identifier(code.substr(at, end + 1 - at))) ++end;
    const std::string_view rest = code.substr(end, 3);
    const bool is_set = rest.starts_with(" = ");
    if (!is_set) uses.emplace(code.substr(at, end - at));
    at = end;
  }
}

std::set<std::string, std::less<>> uses_in(const SourceTree& tree) {
  std::set<std::string, std::less<>> uses;
  for (const SourceFile& file : tree.files) {
    if (file.is_product_code()) add_uses(code_of_users(file), uses);
  }
  return uses;
}

/// Whether a function in the struct's header, or in the source beside it, names the field as its own.
bool is_used_by_its_struct(const SourceTree& tree, const SourceFile& header, const std::string& field) {
  const std::string code = code_of_users(header);
  const std::size_t declared = find_word(code, field);
  if (declared != code.npos && find_word(code, field, declared + 1) != code.npos) return true;
  const SourceFile* source = tree.find(header.path().substr(0, header.path().size() - 1) + "cc");
  return source != nullptr && has_word(code_of_users(*source), field);
}

/// Structs whose fields a file fills, with the place of the brace that opens each.
std::vector<std::pair<std::string, std::size_t>> config_structs(std::string_view code,
                                                                const std::set<std::string>& filled) {
  std::vector<std::pair<std::string, std::size_t>> structs;
  for (std::size_t at = find_word(code, "struct"); at != code.npos; at = find_word(code, "struct", at + 1)) {
    const std::size_t end = code.find_first_of("{;", at);
    if (end == code.npos || code[end] == ';') continue;
    std::string name(trim(code.substr(at + 6, end - at - 6)));
    if (is_identifier(name) && (name.ends_with("Config") || filled.contains(name)))
      structs.emplace_back(std::move(name), end);
  }
  return structs;
}

}  // namespace

std::vector<Finding> check_config_fields(const SourceTree& tree) {
  const std::set<std::string, std::less<>> uses = uses_in(tree);
  const std::set<std::string> filled = filled_structs(tree);
  std::vector<Finding> findings;
  for (const SourceFile& file : tree.files) {
    if (!file.is_product_code() || !file.is_header()) continue;
    for (const auto& [name, open] : config_structs(file.code(), filled)) {
      for (const Field& field : fields_of(file.code(), open)) {
        const bool is_readers_own =
            std::ranges::find(kReadersOwn, name + "::" + field.name) != kReadersOwn.end();
        if (is_readers_own || uses.contains(field.name) || is_used_by_its_struct(tree, file, field.name))
          continue;
        findings.push_back(
            file.finding(field.line, name + "::" + field.name + " is read from the file and by nobody else"));
      }
    }
  }
  return findings;
}

}  // namespace picket::tidy
