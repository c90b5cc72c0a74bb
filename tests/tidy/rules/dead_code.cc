#include "tests/tidy/rules/dead_code.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/text/strings.h"
#include "tests/tidy/rules/elf_file.h"
#include "tests/tidy/rules/reach.h"
#include "tests/tidy/rules/sizes.h"

namespace picket::tidy {
namespace {

struct Kept {
  std::string_view name;  ///< as in a finding
  std::string_view reason;
};

constexpr std::string_view kBound = "tests see by it that what is remembered, or waits, stays bounded";
constexpr std::string_view kWord = "tests name the value in their failures";
constexpr std::string_view kRoundTrip = "tests read back what is written";

constexpr std::string_view kResponse = "says who may be acted upon: for the response, which is not there yet";

constexpr auto kKept = std::to_array<Kept>({
    {"picket::CurlClient::stats", kBound},
    {"picket::RateLimiter::addresses", kBound},
    {"picket::alertd::LaneThreads::lanes", kBound},
    {"picket::authd::EndedGrants::size", kBound},
    {"picket::authd::IdentityTokens::cached", kBound},
    {"picket::authd::KdfPool::capacity", kBound},
    {"picket::authd::KdfPool::waiting", kBound},
    {"picket::authd::TokenCache::counts", kBound},
    {"BlockList::size", kBound},
    {"BoundedQueue::refused", kBound},
    {"IdentityCheck::token_cache", kBound},
    {"KdfPool::threads", kBound},
    {"RecentlyRead::size", kBound},
    {"TokenCheck::cache", kBound},
    {"WorkerPool::refused", kBound},

    {"picket::alertd::to_string(picket::alertd::AlertChange)", kWord},
    {"picket::authd::to_string(picket::authd::AccessReason)", kWord},
    {"picket::authd::to_string(picket::authd::CookieFault)", kWord},
    {"picket::authd::to_string(picket::authd::LockVerdict)", kWord},
    {"picket::authd::to_string(picket::authd::OriginFault)", kWord},
    {"picket::authd::to_string(picket::authd::TokenFault)", kWord},
    {"picket::to_string(picket::TlsVersion)", kWord},

    {"picket::authd::VerifyKey::from_jwk", kRoundTrip},
    {"picket::authd::decoded", kRoundTrip},
    {"picket::authd::from_params", kRoundTrip},
    {"picket::authd::read_ec", kRoundTrip},
    {"picket::authd::read_okp", kRoundTrip},
    {"picket::authd::read_rsa", kRoundTrip},
    {"picket::authd::parse_jsonl_line", kRoundTrip},
    {"picket::authd::has_members", kRoundTrip},
    {"picket::authd::member_text", kRoundTrip},

    {"picket::security::Signals::suspects", kResponse},
    {"picket::security::Signals::Impl::suspects", kResponse},
    {"picket::security::Signals::Impl::suspect_of", kResponse},
    {"ClientActivity::is_in_window", kResponse},
    {"picket::security::Signals::Signals(picket::security::Signals&&)",
     "tests put one in the place of another"},
    {"picket::security::Signals::operator=", "tests put one in the place of another"},
    {"FileTail::up", "tests ask whether a log can be read"},

    {"picket::Server::port", "tests let the system choose the port"},
    {"picket::encode", "tests and benches want the whole exposition at once"},
    {"picket::alertd::parse_rules", "tests have their rules as text"},
    {"picket::alertd::Labels::operator==", "tests compare"},
    {"picket::authd::SigningKeyKeeper::rotate_now", "tests need not wait for a key's end"},
    {"picket::authd::KnownDevices::id_of", "tests look into the cookie of a device"},
    {"picket::authd::KnownDevices::is_live", "tests look into the cookie of a device"},
    {"picket::health::LatencyHistogram::count", "tests ask how many there were"},
    {"picket::Keyring::is_stale", "tests see by it which key sealed"},
    {"AccessPolicy::rules", "tests see what was read"},
    {"SecurityHeaders::fields", "tests see what was read"},
    {"picket::authd::Resealer::counts", "tests see by it which keys sealed"},
    {"SealingKeys::active", "tests see by it which key seals"},
    {"SealingKeys::keys", "tests see which there are"},
    {"Headers::size", "tests count them"},
    {"Row::size", "tests count them"},
    {"Row::column_name", "tests see what a statement answers"},
});

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Mangled.
using Names = std::set<std::string, std::less<>>;

Names reached_by(const std::vector<std::string>& programs, std::vector<Finding>& findings) {
  Names names;
  for (const std::string& path : programs) {
    const std::string content = read_file(path);
    const std::set<std::string_view> reached = reachable_functions(content);
    if (reached.empty()) findings.push_back({path, 0, "is not a program for x86-64, or is stripped"});
    for (const std::string_view name : reached) {
      if (name.find("6picket") != std::string_view::npos) names.emplace(name);
    }
  }
  return names;
}

/// Without parameters: the form in which a function is kept.
std::string without_parameters(std::string_view name) {
  const std::string plain = replace_all(name, "(anonymous namespace)::", "");
  return plain.substr(0, plain.find('('));
}

/// "picket::Outbox::next_due(long)" of a function that somebody wrote; "" of a lambda, a thunk or what a template
/// makes (its name begins with a type).
std::string written_name(std::string_view mangled) {
  const std::string name = demangled(mangled);
  const std::string plain = without_parameters(name);
  const bool is_made = plain.find(' ') != std::string::npos && plain.find("operator") == std::string::npos;
  const bool is_lambda = name.find("{lambda") != std::string::npos;
  return name.starts_with("picket::") && !is_made && !is_lambda ? name : "";
}

/// Functions that a library holds and that are not reached, mangled, each with the library.
std::map<std::string, std::string> unreached(const std::vector<std::string>& archives, const Names& reached) {
  std::map<std::string, std::string> functions;
  for (const std::string& path : archives) {
    const std::string content = read_file(path);
    for (const std::string_view member : members_of_archive(content)) {
      for (const ElfSymbol& symbol : read_elf(member).symbols) {
        if (symbol.is_function && !symbol.is_weak && !reached.contains(symbol.name))
          functions.emplace(symbol.name, path.substr(path.rfind('/') + 1));
      }
    }
  }
  return functions;
}

/// "picket::alertd::to_string(picket::alertd::AlertChange)", where a header is: "alertd/series/matcher.h:3".
struct Dead {
  std::string name;
  std::string file;
  int line = 0;
};

std::vector<Dead> dead_in_archives(const std::vector<std::string>& archives, const Names& reached) {
  std::vector<Dead> dead;
  for (const auto& [mangled, archive] : unreached(archives, reached)) {
    std::string name = written_name(mangled);
    if (!name.empty()) dead.push_back({std::move(name), archive});
  }
  return dead;
}

/// "void\npicket::Table::add" of "void picket::Table<int>::add<long>(long)".
std::string without_templates(std::string_view demangled) {
  std::string plain;
  int depth = 0;
  for (const char c : replace_all(demangled, "(anonymous namespace)", "")) {
    if (c == '>') --depth;
    if (depth == 0 && c == '(') break;
    if (c == '<') ++depth;
    if (depth == 0 && c != '>') plain += c == ' ' ? '\n' : c;
  }
  return plain;
}

/// "void picket::Table<int>::add<long>(long)" is Table::add.
std::string short_name(std::string_view demangled) {
  const std::string plain = without_templates(demangled);
  const std::size_t function = plain.rfind("::");
  const std::size_t scope = function == std::string::npos ? function : plain.rfind("::", function - 1);
  return scope == std::string::npos ? plain : plain.substr(scope + 2);
}

/// "Table::add" of a function that a class in a header defines; "" when it may leave no trace in a program
/// (constexpr, an operator) or its name is not to be told from its declaration.
std::string short_name(const Function& function) {
  static constexpr std::array<std::string_view, 5> kTraceless{"constexpr", "consteval", "operator", "~",
                                                              "requires"};
  const std::string_view text = function.declaration;
  for (const std::string_view word : kTraceless) {
    if (text.find(word) != std::string_view::npos) return "";
  }
  const std::size_t parameters = text.find('(');
  const std::size_t name = text.find_last_of(" *&\n", parameters) + 1;
  const std::string_view last = text.substr(name, parameters - name);
  return is_identifier(function.scope) && is_identifier(last) ? function.scope + "::" + std::string(last)
                                                              : "";
}

bool is_product_header(const SourceFile& file) {
  return file.is_header() && !file.path().starts_with("tests/");
}

std::vector<Dead> dead_in_headers(const SourceTree& tree, const Names& reached) {
  std::set<std::string> names;
  for (const std::string& mangled : reached) names.insert(short_name(demangled(mangled)));
  std::vector<Dead> dead;
  for (const SourceFile& file : tree.files) {
    if (!is_product_header(file)) continue;
    for (const Function& function : functions_of(file)) {
      std::string name = short_name(function);
      if (!name.empty() && !names.contains(name))
        dead.push_back({std::move(name), file.path(), function.line});
    }
  }
  return dead;
}

}  // namespace

std::vector<Finding> check_dead_code(const SourceTree& tree, const Build& build) {
  std::vector<Finding> findings;
  const Names reached = reached_by(build.programs, findings);
  std::set<std::string_view> reasons_needed;
  for (const auto& part : {dead_in_archives(build.archives, reached), dead_in_headers(tree, reached)}) {
    for (const Dead& function : part) {
      const auto reason = std::ranges::find_if(kKept, [&](const Kept& row) {
        return row.name == function.name || row.name == without_parameters(function.name);
      });
      if (reason != kKept.end()) {
        reasons_needed.insert(reason->name);
      } else {
        findings.push_back({function.file, function.line, function.name + " is reached by no program"});
      }
    }
  }
  for (const Kept& row : kKept) {
    if (!reasons_needed.contains(row.name))
      findings.push_back({"tests/tidy", 0, std::string(row.name) + " is reached or gone: no reason needed"});
  }
  return findings;
}

}  // namespace picket::tidy
