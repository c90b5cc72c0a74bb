// Plays the scripts beside this file. A file holds scenarios, each begun by "== what it shows". A line is a
// command:
//   config ... end          alertd.yml without `datasource`; a second one is a reload
//   fire A a=b              the alert A{a="b"} begins to fire     resolve A a=b
//   advance 30s             time goes on                          clock -20m    the wall clock is stepped
//   peer chat answers 500   or: answers 429 retry-after 60 | refuses | hangs
//   restart                 as after kill -9
//   expect chat: A ~B | mail: A     what peers accepted since the last such line, in order; ~ is resolved, a
//   +
//                                   at the end says that it supersedes another; "expect nothing"
//   tries chat: A | chat: A         the same for every try
//   ledger chat: failed delivered   the states of the receiver's messages, oldest first
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text/strings.h"
#include "tests/alertd/scripts/script_stage.h"

namespace picket::alertd {
namespace {

struct Line {
  int number = 0;
  std::string text;
};

struct Scenario {
  std::string file, name;
  std::vector<Line> lines;
};

std::vector<Scenario> read_scenarios() {
  std::vector<Scenario> scenarios;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(PICKET_SOURCE_DIR "/tests/alertd/scripts")) {
    if (entry.path().extension() == ".test") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const std::filesystem::path& path : paths) {
    std::ifstream in(path);
    std::string text;
    for (int number = 1; std::getline(in, text); ++number) {
      if (text.starts_with("== "))
        scenarios.push_back({path.filename(), text.substr(3), {}});
      else if (!scenarios.empty() && scenarios.back().file == path.filename())
        scenarios.back().lines.push_back({number, text});
    }
  }
  return scenarios;
}

/// `A a=b c=d`
Labels labels_of(std::string_view text) {
  std::vector<Label> labels;
  for (const std::string_view word : split(text, ' ')) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos)
      labels.push_back({"alertname", std::string(word)});
    else
      labels.push_back({std::string(word.substr(0, equals)), std::string(word.substr(equals + 1))});
  }
  return Labels(std::move(labels));
}

class Player {
 public:
  void play(const Scenario& scenario) {
    for (std::size_t i = 0; i < scenario.lines.size(); ++i) {
      const Line& line = scenario.lines[i];
      const std::string_view text = trim(line.text);
      if (text.empty() || text.starts_with('#')) continue;
      const testing::ScopedTrace trace(scenario.file.c_str(), line.number, text);
      if (text == "config") {
        std::string yaml;
        for (++i; i < scenario.lines.size() && trim(scenario.lines[i].text) != "end"; ++i)
          yaml += scenario.lines[i].text + "\n";
        const Result<void> configured = stage_.configure(yaml);
        ASSERT_TRUE(configured) << configured.error().message;
        continue;
      }
      const std::size_t space = text.find(' ');
      run(text.substr(0, space), space == std::string_view::npos ? "" : text.substr(space + 1));
      if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_EQ(join(stage_.peers().take_accepted(), " | "), "") << "at the end of " << scenario.name;
  }

 private:
  void run(std::string_view command, std::string_view rest) {
    if (command == "fire") return stage_.fire(labels_of(rest));
    if (command == "resolve") return stage_.resolve(labels_of(rest));
    if (command == "advance") return stage_.advance(parse_duration(rest).value());
    if (command == "clock") {
      const Duration step = parse_duration(rest.substr(1)).value();
      return stage_.step_clock(rest.starts_with('-') ? -step : step);
    }
    if (command == "peer") return set_peer(rest);
    if (command == "restart") return stage_.restart();
    if (command == "expect") return expect(stage_.peers().take_accepted(), rest);
    if (command == "tries") return expect(stage_.peers().take_tries(), rest);
    if (command == "ledger") {
      const std::size_t colon = rest.find(':');
      EXPECT_EQ(stage_.ledger(std::string(rest.substr(0, colon))), trim(rest.substr(colon + 1)));
      return;
    }
    FAIL() << "no such command: " << command;
  }

  static void expect(const std::vector<std::string>& seen, std::string_view expected) {
    EXPECT_EQ(join(seen, " | "), expected == "nothing" ? "" : expected);
  }

  void set_peer(std::string_view rest) {
    const std::vector<std::string_view> words = split(rest, ' ');
    ASSERT_GE(words.size(), 2U);
    test::ScriptedPeers::Behaviour behaviour;
    behaviour.refuses = words[1] == "refuses";
    behaviour.hangs = words[1] == "hangs";
    if (words[1] == "answers") {
      ASSERT_GE(words.size(), 3U);
      behaviour.status = std::stoi(std::string(words[2]));
      if (words.size() == 5) behaviour.retry_after = words[4];
    } else {
      ASSERT_TRUE(behaviour.refuses || behaviour.hangs) << rest;
    }
    stage_.set_peer(std::string(words[0]), behaviour);
  }

  test::ScriptStage stage_;
};

class AlertScripts : public testing::TestWithParam<Scenario> {};

TEST_P(AlertScripts, Plays) {
  Player player;
  player.play(GetParam());
}

std::string test_name(const testing::TestParamInfo<Scenario>& info) {
  std::string name;
  bool upper = true;
  for (const char c : info.param.name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      upper = true;
      continue;
    }
    name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = false;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, AlertScripts, testing::ValuesIn(read_scenarios()), test_name);

}  // namespace
}  // namespace picket::alertd
