// Each file of the stack by the program that reads it, and the variables.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>

#include "base/text/regex.h"
#include "base/text/strings.h"
#include "tests/compose/stack_files.h"
#include "tests/support/documentation.h"
#include "tests/support/free_port.h"
#include "tests/support/program.h"

namespace picket::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kBin = PICKET_BIN_DIR;

void expect_accepts(std::vector<std::string> argv) {
  const std::string name = argv.front();
  const Finished done = run_to_end({.argv = std::move(argv)}, kPatience);
  EXPECT_EQ(done.exit_code, 0) << name << "\n" << done.output << done.errors;
}

std::set<std::string> variables_in(const std::string& text) {
  static const Regex use = Regex::compile("\\$\\{([A-Z][A-Z_]*)").value();
  std::set<std::string> names;
  for (std::string_view line : split(text, '\n')) {
    if (trim(line).starts_with('#')) continue;
    for (auto found = use.groups(line); !found.empty(); found = use.groups(line)) {
      names.insert(found[1]);
      line.remove_prefix(line.find(found[0]) + found[0].size());
    }
  }
  return names;
}

TEST(StackVariables, OfTheExampleAreThoseThatAreUsed) {
  std::set<std::string> used = variables_in(checkout_file("compose/docker-compose.yml"));
  used.merge(variables_in(checkout_file("compose/docker-compose.monitoring.yml")));
  used.insert({"COMPOSE_FILE", "COMPOSE_PROJECT_NAME"});  // docker-compose's own
  std::set<std::string> named;
  const std::string example = checkout_file("compose/example.env");
  for (const std::string_view line : split(example, '\n')) {
    if (line.find('=') != std::string_view::npos && !line.starts_with('#'))
      named.emplace(line.substr(0, line.find('=')));
  }
  EXPECT_EQ(named, used);
}

TEST(StackVariables, ThatAreRequiredAreAskedFor) {
  const StackFiles files;
  for (const std::string name : {"PICKET_HOST", "PICKET_VERSION"}) {
    std::string env = files.folder().read(".env");
    env = Regex::compile(fmt::format("(?m)^{}=.*$", name)).value().replace_all(env, fmt::format("{}=", name));
    const std::string before = files.folder().read(".env");
    files.folder().write(".env", env);
    const Finished config = files.config(true);
    EXPECT_NE(config.exit_code, 0) << name;
    EXPECT_THAT(config.errors,
                HasSubstr(name == "PICKET_HOST" ? "set PICKET_HOST in .env" : "run ./picket compose init"));
    files.folder().write(".env", before);
  }
}

// A file of an older version does not have them.
TEST(StackVariables, ThatAreMissingAreSafe) {
  const StackFiles files;
  files.folder().write(".env", "PICKET_HOST=picket.example.org\nPICKET_VERSION=0.1.0\n");
  const Finished config = files.config(true);
  EXPECT_EQ(config.exit_code, 0);
  EXPECT_EQ(config.errors, "");
  EXPECT_THAT(config.output, HasSubstr("127.0.0.1:443:443/tcp"));
}

/// nginx -t opens the ports.
std::string with_free_ports(std::string conf) {
  for (const std::string port : {"80", "443", "8443", "3003", "127.0.0.1:8081"})
    conf = Regex::compile(fmt::format("listen {}\\b", port))
               .value()
               .replace_all(conf, fmt::format("listen 127.0.0.1:{}", free_port()));
  return conf;
}

TEST(StackFile, OfNginxIsAccepted) {
  const StackFiles files;
  const TempDir& dir = files.folder();
  fs::create_directory(dir.file("run"));
  fs::create_directory(dir.file("log"));
  std::string conf = checkout_file("compose/nginx/nginx.conf");
  replace_every(conf, "@PICKET_HOST@", kStackHost);
  replace_every(conf, "/etc/picket/", dir.path() + "/");
  replace_every(conf, "/run/nginx", dir.file("run"));
  replace_every(conf, "/run/secrets", dir.file("secrets"));
  replace_every(conf, "/var/log/picket", dir.file("log"));
  // Their names are docker-compose's to resolve.
  conf = Regex::compile("(http://|server )[a-z_]+:([0-9]+)").value().replace_all(conf, "${1}127.0.0.1:$2");
  dir.write("nginx.conf", with_free_ports(conf));
  dir.write("app.conf", checkout_file("compose/nginx/app.conf"));
  const Finished done = run_to_end(
      {.argv = {find_program("nginx", "nginx-light"), "-t", "-e", "stderr", "-c", dir.file("nginx.conf")}});
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_THAT(done.errors, testing::Not(HasSubstr("[warn]")));
}

TEST(StackLogs, AreRemovedWhenOldAndBeginAnewWhenLarge) {
  const TempDir dir;
  for (const std::string name :
       {"access-2026-01-01.log", "access-2026-01-14.log", "access-2026-01-15.log", "error.log", "other.log"})
    dir.write(name, "a line\n");
  const auto age = [&](const std::string& name, int days) {
    fs::last_write_time(dir.file(name), fs::file_time_type::clock::now() - std::chrono::hours(24 * days));
  };
  age("access-2026-01-01.log", 16);
  age("access-2026-01-14.log", 2);
  age("other.log", 16);
  const auto keep = [&] {
    const Finished kept = run_to_end({.argv = {"sh", kCheckout + "/compose/nginx/keep_logs.sh", dir.path()},
                                      .env = {{"PICKET_LOG_DAYS", "14"}}});
    EXPECT_EQ(kept.exit_code, 0) << kept.errors;
  };
  keep();
  EXPECT_FALSE(fs::exists(dir.file("access-2026-01-01.log")));
  for (const std::string name : {"access-2026-01-14.log", "access-2026-01-15.log", "error.log", "other.log"})
    EXPECT_EQ(dir.read(name), "a line\n") << name;
  fs::resize_file(dir.file("error.log"), std::uintmax_t{60} << 20U);  // sparse, as the next one
  fs::resize_file(dir.file("access-2026-01-15.log"), std::uintmax_t{2} << 30U);
  keep();
  EXPECT_EQ(fs::file_size(dir.file("error.log")), 0U);
  EXPECT_EQ(fs::file_size(dir.file("access-2026-01-15.log")), 0U);
  EXPECT_EQ(dir.read("access-2026-01-14.log"), "a line\n");
}

/// prometheus.yml and rules/, as the service "prepare" writes them.
void generate(const StackFiles& files, const TempDir& generated) {
  const TempDir source;
  fs::copy(kCheckout + "/rules", source.file("rules"), fs::copy_options::recursive);
  source.write("tools/fleet/prometheus.yml", checkout_file("compose/prometheus/prometheus.yml"));
  generated.write("overrides.yml", files.folder().read("config/overrides.yml"));
  expect_accepts({kBin + "/fleet_files", "--source", source.path(), "--data", generated.path()});
}

TEST(StackFile, OfPrometheusAndItsRulesAreAccepted) {
  const StackFiles files;
  const TempDir generated;
  generate(files, generated);
  const std::string promtool = find_program("promtool", "prometheus");
  expect_accepts({promtool, "check", "config", generated.file("prometheus.yml")});
}

// What ./picket run scrapes and records, the stack does as well.
TEST(StackFile, OfPrometheusHasWhatTheFleetHas) {
  const YamlNode stack = tree_of(checkout_file("compose/prometheus/prometheus.yml"));
  const YamlNode fleet = tree_of(checkout_file("tools/fleet/prometheus.yml"));
  const auto jobs = [](const YamlNode& root) {
    std::set<std::string> names;
    for (const YamlNode& job : root.find("scrape_configs")->items) names.insert(job.find("job_name")->scalar);
    return names;
  };
  EXPECT_THAT(jobs(stack), testing::IsSupersetOf(jobs(fleet)));
  const auto rules = [](const YamlNode& root) {
    std::set<std::string> names;
    const YamlNode* list = root.find("rule_files");
    for (const YamlNode& item : list == nullptr ? std::vector<YamlNode>{} : list->items)
      names.insert(item.scalar);
    return names;
  };
  EXPECT_THAT(rules(stack), testing::IsSupersetOf(rules(fleet)));
}

// It fires all the time: people are not the ones to tell of it.
TEST(StackFile, OfAlertdKeepsTheWatchdogFromPeople) {
  const YamlNode root = tree_of(checkout_file("compose/examples/alertd/alertd.yml"));
  const YamlNode* routes = root.find("route")->find("routes");
  ASSERT_NE(routes, nullptr);
  const YamlNode& route = routes->items.at(0);
  EXPECT_EQ(route.find("matchers")->items.at(0).scalar, "alertname=\"Watchdog\"");
  for (const YamlNode& receiver : root.find("receivers")->items) {
    if (receiver.find("name")->scalar == route.find("receiver")->scalar) {
      EXPECT_EQ(receiver.entries.size(), 1U) << "it has an integration";
    }
  }
  EXPECT_NE(route.find("receiver")->scalar, root.find("route")->find("receiver")->scalar);
}

struct Daemon {
  std::string program, config;  ///< "alertd", "alertd.yml"
};
class StackConfig : public testing::TestWithParam<Daemon> {};

TEST_P(StackConfig, IsAcceptedByItsDaemon) {
  const StackFiles files;
  const TempDir& dir = files.folder();
  const std::string path = "config/" + GetParam().program + "/" + GetParam().config;
  std::string config = dir.read(path);
  config = replace_all(config, "/run/secrets/", dir.file("secrets/"));
  config = replace_all(config, "/var/log/picket/", dir.path() + "/");
  const TempDir generated;
  generate(files, generated);
  config = replace_all(config, "/generated/", generated.path() + "/");
  EXPECT_EQ(config.find("@PICKET"), std::string::npos) << "a placeholder is left";
  dir.write(path, config);
  expect_accepts({kBin + "/" + GetParam().program, "--config.check", "--config.file", dir.file(path)});
}

INSTANTIATE_TEST_SUITE_P(Daemons, StackConfig,
                         testing::Values(Daemon{"health_exporter", "health.yml"},
                                         Daemon{"business_exporter", "business.yml"},
                                         Daemon{"security_exporter", "security.yml"},
                                         Daemon{"alertd", "alertd.yml"}, Daemon{"authd", "authd.yml"}),
                         [](const auto& row) { return row.param.program; });

TEST(StackImages, AreLabelledAndNotOfRoot) {
  const std::string text = checkout_file("compose/Dockerfile");
  for (const std::string daemon :
       {"health_exporter", "business_exporter", "security_exporter", "alertd", "authd"}) {
    const std::size_t from = text.find("AS " + daemon + "\n");
    ASSERT_NE(from, std::string::npos) << daemon;
    const std::string stage = text.substr(from, text.find("\nFROM", from) - from);
    EXPECT_THAT(stage, HasSubstr("USER 65532:65532"));
    EXPECT_THAT(stage, HasSubstr("org.opencontainers.image.title=\"" + daemon + "\""));
    EXPECT_THAT(stage, HasSubstr("HEALTHCHECK CMD [\"" + daemon + "\", \"--healthcheck\""));
  }
}

}  // namespace
}  // namespace picket::test
