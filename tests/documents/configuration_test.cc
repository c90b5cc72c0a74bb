// Every key that the documentation names is one that the daemon's reader knows there, and every key that a
// reader knows is documented. Readers are asked (see key_crawl.h), so that a key of one kind of prober,
// provider or receiver counts like any other.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "base/config/yaml.h"
#include "base/text/strings.h"
#include "tests/documents/config_readers.h"
#include "tests/documents/document.h"

namespace picket::test {
namespace {

constexpr const char* kClients = "HTTP and TLS of clients";
constexpr const char* kMail = "Mail servers";
constexpr const char* kSms = "SMS providers";
constexpr const char* kOwnPages = "The daemons' own pages";
constexpr const char* kWindow = "health.yml^A window";

/// Where the keys of a part of a file are documented: of a map, and of those below it that have no row of
/// their own.
struct Row {
  std::string path;
  std::vector<std::string> places;       ///< name these keys and no others
  std::vector<std::string> shared = {};  ///< name some of them, and others
  std::string prefix = {};               ///< stands before keys of the places
};

/// The longest path that `path` is, or is below.
const Row* row_of(const std::vector<Row>& rows, const std::string& path) {
  const Row* best = nullptr;
  for (const Row& row : rows) {
    const bool covers = row.path.empty() || path == row.path || path.starts_with(row.path + ".") ||
                        path.starts_with(row.path + "[]");
    if (covers && (best == nullptr || row.path.size() > best->path.size())) best = &row;
  }
  return best;
}

/// By place.
using OtherWords = std::map<std::string, std::set<std::string>>;

class Comparison {
 public:
  explicit Comparison(const Document& document) : document_(document) {}

  void add(const ConfigReader& reader, const std::vector<Row>& rows) {
    for (const auto& [path, keys] : crawl_keys(reader)) {
      const Row* row = row_of(rows, path);
      if (row == nullptr) {
        findings_ += reader.name + ": " + path + " has no place in the documentation\n";
        continue;
      }
      check_documented(reader.name + ": " + path, keys.known, *row);
      check_defaults(reader.name + ": " + path, keys, *row);
      check_words(reader.name + ": " + path, keys, *row);
      for (const std::string& place : row->places) known_[place].insert(keys.known.begin(), keys.known.end());
    }
  }

  /// `no_keys` are words that stand in a place and are no keys: values, and names of other things.
  std::string findings(const OtherWords& no_keys) const {
    std::string all = findings_;
    for (const auto& [place, keys] : known_) {
      for (const std::string& word : document_.words(place)) {
        const auto others = no_keys.find(place);
        const bool is_other = others != no_keys.end() && others->second.contains(word);
        if (!keys.contains(word) && !is_other)
          all += fmt::format("{} names {}, which no reader knows\n", place, word);
      }
    }
    return all;
  }

 private:
  void check_documented(const std::string& where, const std::set<std::string>& keys, const Row& row) {
    std::set<std::string> documented;
    for (const std::string& place : row.places) documented.merge(document_.words(place));
    for (const std::string& place : row.shared) documented.merge(document_.words(place));
    for (const std::string& key : keys) {
      const bool is_prefixed = !row.prefix.empty() && key.starts_with(row.prefix) &&
                               documented.contains(key.substr(row.prefix.size()));
      const bool is_twin = key.ends_with("_file") && keys.contains(key.substr(0, key.size() - 5));
      if (!documented.contains(key) && !is_prefixed && !is_twin)
        findings_ +=
            fmt::format("{} knows {}, which is not documented at {}\n", where, key, row.places.front());
    }
  }

  /// Each word that a key may be is told.
  void check_words(const std::string& where, const MapKeys& keys, const Row& row) {
    std::string text;
    for (const std::string& place : row.places) text += document_.text(place);
    for (const std::string& place : row.shared) text += document_.text(place);
    for (const auto& [key, words] : keys.words) {
      for (const std::string& word : words) {
        if (text.find(word) == std::string::npos)
          findings_ += fmt::format("{}: {} may be {}, which is not documented\n", where, key, word);
      }
    }
  }

  /// A key with a default need not be there, and one that the document calls required must be.
  void check_defaults(const std::string& where, const MapKeys& keys, const Row& row) {
    for (const std::string& place : row.places) {
      for (const auto& [key, value] : document_.defaults(place)) {
        const bool is_required = keys.required.contains(key);
        const bool is_default =
            std::isdigit(static_cast<unsigned char>(value.front())) || value == "true" || value == "false";
        if (is_required && is_default)
          findings_ += fmt::format("{} requires {}, whose default is documented as {}\n", where, key, value);
        if (keys.known.contains(key) && !is_required && value == "required")
          findings_ += fmt::format("{} does not require {}, which is documented as required\n", where, key);
      }
    }
  }

  const Document& document_;
  std::map<std::string, std::set<std::string>> known_;
  std::string findings_;
};

std::vector<Row> health_rows() {
  return {
      {"", {"health.yml#keys"}},
      {"api", {"health.yml/api"}},
      {"business", {"health.yml/business"}},
      {"checks", {"A check#keys"}},
      {"checks[].flapping", {"A check/flapping"}},
      {"checks[].maintenance", {kWindow}},
      {"checks[].prober", {"Probers#kinds"}},
      {"checks[].prober.dns", {"Probers/dns"}},
      {"checks[].prober.filesystem", {"Probers/filesystem"}},
      {"checks[].prober.http", {"Probers/http"}, {kClients}},
      {"checks[].prober.icmp", {"Probers/icmp"}},
      {"checks[].prober.postgres", {"Probers/postgres"}},
      {"checks[].prober.redis", {"Probers/redis"}},
      {"checks[].prober.redis.tls_config", {kClients}},
      {"checks[].prober.smtp", {"Probers/smtp"}},
      {"checks[].prober.smtp.tls_config", {kClients}},
      {"checks[].prober.system", {"Probers/system"}},
      {"checks[].prober.tcp", {"Probers/tcp"}},
      {"checks[].prober.tcp.tls_config", {kClients}},
      {"checks[].prober.tls", {"Probers/tls"}},
      {"checks[].prober.tls.tls_config", {kClients}},
      {"events", {"health.yml/events"}},
      {"groups", {"health.yml/groups"}},
      {"heartbeats", {"health.yml/heartbeats"}, {"A check#keys"}},
      {"heartbeats[].maintenance", {kWindow}},
      {"history", {"health.yml/history"}},
      {"maintenance", {"health.yml/maintenance"}},
      {"maintenance[].windows", {kWindow}},
      {"slos", {"health.yml/slos"}},
      {"target_policy", {"health.yml/target_policy"}},
  };
}

std::vector<Row> blackbox_rows() {
  const std::string of_http = "blackbox.yml|http";  // has ip_protocol, too
  const std::string not_served = "blackbox.yml^A module that";
  return {
      {"", {"blackbox.yml|"}, {"blackbox.yml"}},
      {"http", {of_http}, {kClients, not_served}},
      {"tcp", {"blackbox.yml|tcp"}, {of_http, not_served}},
      {"tcp.query_response", {"Probers/tcp"}},
      {"tcp.tls_config", {kClients}},
      {"dns", {"blackbox.yml|dns"}, {of_http, "Probers/dns", not_served}},
      {"dns.validate_additional_rrs", {"Probers/dns"}},
      {"dns.validate_answer_rrs", {"Probers/dns"}},
      {"dns.validate_authority_rrs", {"Probers/dns"}},
      {"icmp", {"blackbox.yml|icmp"}, {of_http, not_served}},
  };
}

std::vector<Row> business_rows() {
  return {
      {"", {"business.yml#keys"}},
      {"databases", {"A database#keys"}},
      {"reports", {"business.yml/reports"}},
      {"queries", {"A query#keys"}},
      {"queries[].metrics", {"A metric#keys"}},
      {"packs", {"A pack#keys"}},
  };
}

std::vector<Row> security_rows() {
  return {
      {"", {"security.yml#keys"}},
      {"sources", {"A source#keys"}},
      {"scans", {"A scan#keys"}},
      {"scans[].tls", {"A scan/tls"}},
      {"scans[].headers", {"A scan/headers"}},
      {"scans[].expect", {"A scan/expect"}},
      {"scans[].addresses", {"A scan/addresses"}},
      {"signals", {"Signals#keys"}},
      {"signals.brute_force", {"Signals/brute_force"}},
      {"signals.spraying", {"Signals/spraying"}},
      {"signals.stuffing", {"Signals/stuffing"}},
      {"signals.enumeration", {"Signals/enumeration"}},
      {"signals.scraping", {"Signals/scraping"}},
      {"signals.transfers", {"Signals/transfers"}},
      {"rules", {"security.yml/rules"}},
      {"events", {"security.yml/events"}},
  };
}

std::vector<Row> alertd_rows() {
  const std::string integrations = "Integrations of a receiver";
  return {
      {"", {"alertd.yml#keys"}, {"alertd.yml/time_intervals"}},
      {"datasource", {"alertd.yml/datasource"}, {kClients}},
      {"datasource.http_config", {kClients}},
      {"delivery", {"alertd.yml/delivery"}},
      {"global", {"alertd.yml/global"}, {kMail}, "smtp_"},
      {"global.http_config", {kClients}},
      {"global.smtp_tls_config", {kClients}},
      {"inhibit_rules", {"alertd.yml/inhibit_rules"}},
      {"mute_time_intervals", {"alertd.yml/time_intervals"}, {kWindow}},
      {"receivers", {"alertd.yml/receivers", integrations + "#kinds"}},
      {"receivers[].email_configs", {integrations + "/email_configs"}, {kMail, integrations + "^Each has"}},
      {"receivers[].email_configs[].tls_config", {kClients}},
      {"receivers[].slack_configs", {integrations + "/slack_configs"}, {integrations + "^Each has"}},
      {"receivers[].slack_configs[].http_config", {kClients}},
      {"receivers[].sms_configs", {integrations + "/sms_configs"}, {kSms, integrations + "^Each has"}},
      {"receivers[].sms_configs[].http_config", {kClients}},
      {"receivers[].webhook_configs", {integrations + "/webhook_configs"}, {integrations + "^Each has"}},
      {"receivers[].webhook_configs[].http_config", {kClients}},
      {"route", {"A route#keys"}, {"A route"}},
      {"time_intervals", {"alertd.yml/time_intervals"}, {kWindow}},
  };
}

std::vector<Row> rule_file_rows() {
  return {{"", {"A rule file"}}};
}

std::vector<Row> web_config_rows() {
  return {{"", {kOwnPages}}};
}

TEST(Configuration, IsWhatReadersKnow) {
  const Document document(source_file("docs/configuration.md"));
  Comparison comparison(document);
  comparison.add(health_reader(), health_rows());
  comparison.add(blackbox_reader(), blackbox_rows());
  comparison.add(business_reader(), business_rows());
  comparison.add(security_reader(), security_rows());
  comparison.add(alertd_reader(), alertd_rows());
  comparison.add(rule_file_reader(), rule_file_rows());
  comparison.add(web_config_reader(), web_config_rows());
  const OtherWords no_keys{
      {"A rule file", {"alertd_rule_group_recording_rules"}},
      {"Integrations of a receiver/email_configs", {"global"}},
      {"alertd.yml/global", {"smtp_"}},
      {"alertd.yml/time_intervals", {"mute_time_intervals"}},  // an older name of the row's key
      {"A check/flapping", {"failures_before_down"}},
      {"Probers/postgres", {"service"}},  // of a DSN
      {"Probers/redis", {"note"}},        // of the API
      {"blackbox.yml|", {"probe_modules_file"}},
      {kOwnPages, {"true", "false"}},
      {"health.yml/groups", {"group"}},
  };
  EXPECT_EQ(comparison.findings(no_keys), "");
}

/// "by name (A, AAAA) or by number (52 is TLSA)": A, AAAA and 52.
std::set<std::string> types_of(std::string_view text) {
  std::set<std::string> types;
  for (std::size_t open = text.find('('); open != text.npos; open = text.find('(', open + 1)) {
    const std::string_view list = text.substr(open + 1, text.find(')', open) - open - 1);
    for (const std::string_view item : split(list, ','))
      types.emplace(trim(item).substr(0, trim(item).find(' ')));
  }
  return types;
}

TEST(Configuration, RecordTypesOfDnsAreThoseOfTheDocument) {
  const Document document(source_file("docs/configuration.md"));
  const std::string rows = document.text("Probers/dns");
  const std::size_t row = rows.find("| `type` |");
  ASSERT_NE(row, std::string::npos);
  const std::set<std::string> types = types_of(rows.substr(row, rows.find('\n', row) - row));
  EXPECT_GT(types.size(), 11U) << "by name, and by number";
  for (const std::string& type : types) {
    const std::string check =
        "checks: [{name: a, prober: {dns: {server: s, name: n, type: " + type + "}}}]\n";
    EXPECT_EQ(health_reader().problems(check), "");
  }
}

/// authd.example.yml with every line in force that shows a key: "#tokens:", "#  issuer: x". Text has one
/// blank after the '#'; what stands before the first empty line is text, too.
std::string example_in_force(const std::string& text) {
  const std::string_view shown = std::string_view(text).substr(text.find("\n\n") + 1);
  std::string yaml;
  for (const std::string_view line : split(shown, '\n')) {
    const bool is_text = line.size() < 2 || line[0] != '#' || (line[1] == ' ' && line[2] != ' ');
    yaml += (is_text ? "" : std::string(line.substr(1))) + "\n";
  }
  return yaml;
}

/// The keys of every map at a path such as "forward_auth.rules[]" or "ratelimit.tiers.*".
std::set<std::string> keys_at(const YamlNode& node, std::string_view path) {
  std::set<std::string> keys;
  const auto merge = [&](const YamlNode& below, std::string_view rest) { keys.merge(keys_at(below, rest)); };
  if (path.empty()) {
    for (const YamlNode::Entry& entry : node.entries) keys.insert(entry.key);
  } else if (path.starts_with("[]")) {
    for (const YamlNode& item : node.items) merge(item, path.substr(2));
  } else {
    if (path.starts_with('.')) path.remove_prefix(1);
    const std::string_view key = path.substr(0, path.find_first_of(".["));
    for (const YamlNode::Entry& entry : node.entries) {
      if (key == "*" || key == entry.key) merge(entry.value, path.substr(key.size()));
    }
  }
  return keys;
}

/// What cannot stand beside what is shown, and the roles that are not the one of the example.
const std::set<std::string> kToldInText{
    "mail sendgrid", "sessions.absolute_by_role admin", "sessions.absolute_by_role guest",
    "sessions.absolute_by_role manager", "sessions.absolute_by_role user"};

/// Beside the example, docs/configuration.md has what several daemons share.
std::vector<Row> authd_rows() {
  return {
      {"mail.sendgrid", {kMail}},
      {"mail.smtp", {kMail}},
      {"mail.smtp.tls_config", {kClients}},
      {"secrets.vault.tls_config", {kClients}},
      {"sms", {kSms}},
      {"sms.http_config", {kClients}},
  };
}

TEST(Configuration, OfAuthdIsWhatItsExampleShows) {
  const std::string example = example_in_force(source_file("authd/authd.example.yml"));
  const ConfigReader reader = authd_reader();
  Problems problems("authd.example.yml");
  const YamlNode tree = parse_yaml(example, problems);
  ASSERT_TRUE(problems.empty()) << problems.error().message;
  const Document document(source_file("docs/configuration.md"));
  const std::vector<Row> rows = authd_rows();
  std::string findings;
  for (const auto& [path, keys] : crawl_keys(reader)) {
    std::set<std::string> shown = keys_at(tree, path);
    const Row* row = row_of(rows, path);
    if (row != nullptr) shown.merge(document.words(row->places.front()));
    for (const std::string& key : keys.known) {
      const bool is_twin = key.ends_with("_file") && keys.known.contains(key.substr(0, key.size() - 5));
      const bool is_shown = shown.contains(key) || shown.contains(key + "_file");
      const bool is_told = kToldInText.contains(fmt::format("{} {}", path, key));
      if (!is_shown && !is_twin && !is_told)
        findings += fmt::format("{} knows {}, which the example does not show\n", path, key);
    }
  }
  EXPECT_EQ(findings, "");
  const std::string refused = reader.problems(example);
  for (const std::string_view line : split(refused, '\n')) {
    EXPECT_EQ(line.find("unknown key"), std::string_view::npos) << line;
  }
}

}  // namespace
}  // namespace picket::test
