// Configurations that are wrong, and reloads under load: the one in force stays, and no line is lost.
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/security/faults/fault_fixture.h"
#include "tests/support/process.h"
#include "tests/support/sanitized.h"

namespace picket::security {
namespace {

using testing::HasSubstr;

constexpr const char* kSuccessful = "security_exporter_config_last_reload_successful";

struct WrongConfig {
  std::string text;
  std::string message;  ///< behind the name of the file
};

std::string alias_bomb() {
  std::string text = "sources:\n- &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    text += fmt::format("- &a{} [", i);
    for (int j = 0; j < 10; ++j) text += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
    text += "]\n";
  }
  return text;
}

std::vector<WrongConfig> wrong_configs() {
  return {
      {"sourcse: []\n", ":1:1: unknown key \"sourcse\" (did you mean \"sources\"?)"},
      {"sources:\n- {name: web, path: /x, nmae: y}\n",
       ":2:25: sources[0]: unknown key \"nmae\" (did you mean \"name\"?)"},
      {"sources: 7\n", ":1:10: sources: must be a list, not a single value"},
      {"signals:\n  window: [1]\n",
       ":2:11: signals.window: must be a duration such as 30s, 5m or 1h30m, not a list"},
      {"events: {max: many}\n", ":1:15: events.max: "},
      {"sources:\n- name: web\n  path: /x\n  log_format: '$remote_addr ${'\n",
       ":4:15: sources[0].log_format: column 14: a $ without the name of a variable"},
      {"sources:\n- name: web\n  path: /x\n  fields: {x: $nowhere}\n", ":4:11: sources[0].fields: "},
      {"sources:\n- {name: web, path: /x, type: ngnix}\n", ":2:31: sources[0].type: must be one of nginx, "},
      {"sources:\n- {name: web, path: /x, time_zone: Mars}\n",
       ":2:36: sources[0].time_zone: time zone \"Mars\""},
      {"sources:\n- {name: web, path: /x}\n- {name: web, path: /y}\n",
       ":3:3: sources[1]: \"web\" is defined twice"},
      {"scans:\n- {target: 'https://a.example', ca_file: gone.pem}\n", ":2:42: scans[0].ca_file: "},
      {"scans:\n- {target: 'https://a.example'}\n- {target: 'https://a.example'}\n",
       ":3:3: scans[1]: \"https://a.example\" stands twice"},
      {"rules:\n  without: [sql_unoin]\n", ":2:12: rules.without: there is no attack rule \"sql_unoin\""},
      {"sources: []\nsources: []\n", ":2:1: duplicate key \"sources\" (first on line 1)"},
      {"\xef\xbb\xbfsourcse: []\n", ":1:1: unknown key \"sourcse\""},
      {"sources:\n\t- {name: web, path: /x}\n", ":2:2: "},
      {"sources: []\n\xff\n", ":2:1: is not valid UTF-8"},
      {std::string("sources: []\n\0", 13), ":2:1: holds a NUL byte"},
      {"sources: [{name: web, path: \"/x", ":1:"},
      {"- a\n- b\n", ":1:1: "},
      {alias_bomb(), ": more than 1000000 values (aliases expanded)"},
      {"", ": is empty, the configuration in force stays"},
  };
}

class ConfigFaults : public SecurityFaults {};

TEST_F(ConfigFaults, Fault30AnErrorHasItsPlaceAndTheOldConfigurationStays) {
  configure();
  append(10);
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kLines, 10));
  for (const WrongConfig& wrong : wrong_configs()) {
    exporter_.configure(wrong.text);
    const auto answer = test::http_post(exporter_.url("/-/reload"), "");
    EXPECT_EQ(answer.status, 500) << wrong.text.substr(0, 80);
    EXPECT_THAT(answer.body,
                HasSubstr(exporter_.file("security.yml") + (wrong.message[0] == ':' ? "" : ":")));
    EXPECT_THAT(answer.body, HasSubstr(wrong.message));
    EXPECT_EQ(exporter_.value(kSuccessful), 0);
    append(10);
    EXPECT_TRUE(exporter_.shows(kLines, written_)) << wrong.message;
    const auto checked = test::run_to_end({[this] {
      auto command = exporter_.command();
      command.emplace_back("--config.check");
      return command;
    }()});
    EXPECT_EQ(checked.exit_code, wrong.text.empty() ? 0 : 1) << wrong.message;
    if (!wrong.text.empty()) {
      EXPECT_THAT(checked.output + checked.errors, HasSubstr(wrong.message));
    }
  }
  exporter_.configure("\xef\xbb\xbf" + config());
  EXPECT_EQ(exporter_.reload(), 200);
  EXPECT_EQ(exporter_.value(kSuccessful), 1);
  EXPECT_LT(exporter_.status_of("VmHWM"), test::memory_limit(300'000));
}

TEST_F(ConfigFaults, Fault30AFileThatIsGoneHugeOrNoFileIsRefused) {
  configure();
  append(10);
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kLines, 10));
  const std::string path = exporter_.file("security.yml");
  const long memory = exporter_.status_of("VmHWM");
  const auto refused = [&](const std::string& message) {
    const auto answer = test::http_post(exporter_.url("/-/reload"), "");
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, HasSubstr(path + ": " + message));
    append(10);
    EXPECT_TRUE(exporter_.shows(kLines, written_)) << message;
  };
  std::filesystem::resize_file(path, 100 << 20);
  refused("larger than 10MiB");
  EXPECT_LT(exporter_.status_of("VmHWM"), memory + test::memory_limit(20'000));
  std::filesystem::remove(path);
  refused("No such file or directory");
  std::filesystem::create_directory(path);
  refused("Is a directory");
  std::filesystem::remove(path);
  configure();
  EXPECT_EQ(exporter_.reload(), 200);
}

TEST_F(ConfigFaults, Fault30ARuleWithABadPatternIsToldWithItsLine) {
  const std::string rules =
      exporter_.dir().write("rules.txt", "# mine\n\nxss fine a\n+ a\n- b\nxss broken a(b\n");
  const auto done = test::run_to_end({{exporter_.command()[0], "rules", "test", rules}});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.errors, HasSubstr(rules + ": line 6: attack rule \"broken\": missing )"));
}

class Reloads : public SecurityFaults {
 protected:
  static constexpr int kReloads = test::kSanitized ? 200 : 1000;

  std::string with_another(int number) const {
    return fmt::format(
        "sources:\n- {{name: web, path: \"{}\", from: start}}\n- {{name: other{}, path: \"{}\", from: start}}\n",
        exporter_.file("access.log"), number % 3, exporter_.file("other.log"));
  }
  /// What stands in the file before the n-th reload, and whether it is fine.
  std::pair<std::string, bool> text_of(int number) const {
    if (number % 50 == 0)  // every source begins again
      return {config(fmt::format("signals: {{window: {}m}}\n", 5 + number / 50 % 2)), true};
    switch (number % 4) {
      case 0:
        return {config(), true};
      case 1:
        return {with_another(number), true};
      case 2: {
        const std::string whole = config();
        return {whole.substr(0, whole.size() * 2 / 3), false};  // half-written
      }
      default:
        return {config("scans: []\n"), true};
    }
  }
};

TEST_F(Reloads, Fault31AThousandWhileTheLogIsWrittenAndScrapedLoseNothing) {
  configure();
  append(10);
  append_text("x\n", "other.log");
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kLines, 10));
  std::atomic<int> fell{0}, scrapes{0};
  std::jthread scraper([&](const std::stop_token& stop) {
    double highest = 0;
    while (!stop.stop_requested()) {
      const std::string scrape = exporter_.scrape();
      const double lines = RunningSecurityExporter::value_in(scrape, kLines).value_or(-1);
      if (lines < highest) ++fell;
      highest = std::max(highest, lines);
      ++scrapes;
    }
  });
  for (int i = 0; i < kReloads; ++i) {
    append(20);
    const auto [text, is_fine] = text_of(i);
    exporter_.configure(text);
    const auto answer = test::http_post(exporter_.url("/-/reload"), "");
    ASSERT_EQ(answer.status, is_fine ? 200 : 500) << i << ": " << answer.error << "\n"
                                                  << text << exporter_.process().errors();
  }
  configure();
  ASSERT_EQ(exporter_.reload(), 200);
  EXPECT_TRUE(exporter_.shows(kLines, written_));
  scraper.request_stop();
  scraper.join();
  EXPECT_EQ(fell, 0);
  EXPECT_GT(scrapes, 10);
  EXPECT_TRUE(exporter_.shows(kAttacks, attacks()));
  EXPECT_TRUE(exporter_.shows(R"(security_log_lost_bytes_total{source="web"})", 0));
  EXPECT_LT(exporter_.status_of("Threads"), 40);
  EXPECT_LT(exporter_.status_of("VmHWM"), test::memory_limit(200'000));
  EXPECT_EQ(exporter_.process().stop(), 0);
}

TEST_F(Reloads, Fault31SeveralAtATimeAreDoneOrRefused) {
  configure();
  append(10);
  exporter_.start();
  ASSERT_TRUE(exporter_.shows(kLines, 10));
  std::atomic<int> done{0}, refused{0}, others{0};
  {
    std::vector<std::jthread> callers;
    callers.reserve(40);
    for (int i = 0; i < 40; ++i) {
      callers.emplace_back([&] {
        for (int j = 0; j < 5; ++j) {
          const int status = exporter_.reload();
          ++(status == 200 ? done : status == 503 ? refused : others);
        }
      });
    }
    for (int i = 0; i < 50; ++i) append(10);
  }
  EXPECT_GT(done, 0);
  EXPECT_EQ(others, 0);
  EXPECT_TRUE(exporter_.shows(kLines, written_));
}

}  // namespace
}  // namespace picket::security
