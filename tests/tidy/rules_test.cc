// Each rule of the house on a text that breaks it: a rule that cannot fail is none.
#include <gtest/gtest.h>

#include "tests/tidy/rules/calls.h"
#include "tests/tidy/rules/config_fields.h"
#include "tests/tidy/rules/documents.h"
#include "tests/tidy/rules/includes.h"
#include "tests/tidy/rules/lexer.h"
#include "tests/tidy/rules/loops.h"
#include "tests/tidy/rules/names.h"
#include "tests/tidy/rules/packages.h"
#include "tests/tidy/rules/security_document.h"
#include "tests/tidy/rules/sizes.h"
#include "tests/tidy/rules/targets.h"
#include "tests/tidy/rules/text.h"

namespace picket::tidy {
namespace {

using FileRule = std::vector<Finding> (*)(const SourceFile&);

struct Case {
  std::string path;
  std::string content;
  std::string findings;
};

void expect_findings(FileRule rule, const std::vector<Case>& cases) {
  for (const Case& row : cases) {
    SCOPED_TRACE(row.path + "\n" + row.content.substr(0, 300));
    EXPECT_EQ(report(rule(SourceFile(row.path, row.content))), row.findings);
  }
}

std::string lines(int count, std::string_view line = "x\n") {
  std::string out;
  for (int i = 0; i < count; ++i) out += line;
  return out;
}

TEST(Lexer, BlanksCommentsAndLiteralsAndNothingElse) {
  const struct {
    std::string_view text, code;
  } cases[] = {
      {"a; // b\nc;", "a;     \nc;"},
      {"a /* b\nc */ d", "a     \n     d"},
      {R"(f("x // y", 'z');)", R"(f("      ", ' ');)"},
      {R"(f("a\"b");)", R"(f("    ");)"},
      {"int n = 1'000'000;", "int n = 1'000'000;"},
      {"f(R\"(a\n\"b\")\");", "f(R\"  \n    \");"},
      {"x = '\\'' + \"'\";", "x = '  ' + \" \";"},
      {"// don't\nok", "        \nok"},
  };
  for (const auto& row : cases) EXPECT_EQ(blank(row.text, {}), row.code);
  EXPECT_EQ(blank("\"a\" // \"b\"", {.literals = false}), "\"a\"       ");
}

TEST(Arrows, RefuseWhatLooksUpOrSideways) {
  expect_findings(
      check_arrows,
      {
          {"base/text/a.cc", "#include \"base/text/a.h\"\n#include \"base/result/result.h\"\n", ""},
          {"base/text/a.cc", "\n#include \"base/http/server.h\"\n",
           "base/text/a.cc:2: base/text: may not include base/http\n"},
          {"base/sql/a.cc", "#include \"base/deliver/email.h\"\n",
           "base/sql/a.cc:1: base/sql: may not include base/deliver\n"},
          {"base/http/a.cc", "#include \"alertd/series/labels.h\"\n",
           "base/http/a.cc:1: base/http: may not include alertd/series\n"},
          {"base/http/a.cc", "// #include \"alertd/series/labels.h\"\n", ""},
          {"alertd/rules/a.cc", "#include \"alertd/series/labels.h\"\n#include \"base/http/client.h\"\n", ""},
          {"alertd/series/a.cc", "#include \"alertd/rules/rule.h\"\n",
           "alertd/series/a.cc:1: alertd/series: may not include alertd/rules\n"},
          {"alertd/rules/a.cc", "#include \"exporters/kit/a.h\"\n",
           "alertd/rules/a.cc:1: alertd/rules: may not include exporters/kit\n"},
          {"alertd/app.cc", "#include \"alertd/rules/rule.h\"\n#include \"alertd/app.h\"\n", ""},
          {"alertd/app.cc", "#include \"exporters/health/app.h\"\n",
           "alertd/app.cc:1: alertd: may not include exporters/health\n"},
          {"exporters/health/probe/a.cc", "#include \"exporters/kit/a.h\"\n", ""},
          {"exporters/health/app.cc", "#include \"exporters/business/a.h\"\n",
           "exporters/health/app.cc:1: exporters/health: may not include exporters/business\n"},
          {"tests/base/a_test.cc", "#include \"alertd/app.h\"\n", ""},
      });
}

TEST(Rows, AreWantedForEachFolder) {
  SourceTree tree;
  tree.files.emplace_back("alertd/app.cc", "");
  tree.files.emplace_back("alertd/novel/a.cc", "");
  tree.files.emplace_back("alertd/novel/b.cc", "");
  tree.files.emplace_back("base/novel/a.h", "");
  tree.files.emplace_back("base/text/a.h", "");
  EXPECT_EQ(report(check_rows(tree)),
            "alertd/novel: has no row in tests/tidy/rules/arrows.cc\n"
            "base/novel: has no row in tests/tidy/rules/arrows.cc\n");
}

TEST(Libraries, RefuseALibraryOutsideItsFolder) {
  expect_findings(check_libraries,
                  {
                      {"base/http/a.cc", "#include <boost/beast.hpp>\n", ""},
                      {"base/net/a.cc", "#include <boost/beast/core.hpp>\n",
                       "base/net/a.cc:1: <boost/beast/core.hpp> is wrapped by another folder\n"},
                      {"alertd/rules/a.cc", "#include <vector>\n#include <yaml-cpp/yaml.h>\n",
                       "alertd/rules/a.cc:2: <yaml-cpp/yaml.h> is wrapped by another folder\n"},
                      {"tests/base/a.cc", "#include <yaml-cpp/yaml.h>\n", ""},
                  });
}

TEST(IncludePaths, RefuseAPathThatIsNotFromTheTop) {
  SourceTree tree;
  tree.files.emplace_back("base/text/a.h", "");
  const SourceFile good("base/text/a.cc", "#include \"base/text/a.h\"\n");
  const SourceFile bad("base/text/b.cc", "#include \"a.h\"\n");
  EXPECT_EQ(report(check_include_paths(good, tree)), "");
  EXPECT_EQ(report(check_include_paths(bad, tree)), "base/text/b.cc:1: \"a.h\" is no path from the top\n");
}

TEST(FileSize, StopsAt400Lines) {
  expect_findings(check_file_size,
                  {{"base/a.cc", lines(400), ""},
                   {"base/a.cc", lines(401), "base/a.cc: 401 lines, the hard stop is 400\n"},
                   {"tools/a.sh", lines(401), "tools/a.sh: 401 lines, the hard stop is 400\n"},
                   {"docs/a.md", lines(1000), ""}});
}

TEST(FunctionSize, StopsAt60Lines) {
  const std::string inner = lines(58, "  x();\n");
  const std::string finding = " has 61 lines, the hard stop is 60\n";
  expect_findings(
      check_function_size,
      {
          {"a.cc", "void f() {\n" + inner + "}\n", ""},
          {"a.cc", "\nvoid f() {\n  y();\n" + inner + "}\n", "a.cc:2: void f()" + finding},
          {"a.cc",
           "namespace n {\nclass C {\n public:\n  int f(int x) const {\n  y();\n" + inner + "  }\n};\n}\n",
           "a.cc:4: int f(int x) const" + finding},
          {"a.cc", "C::C() : a_{1}, b_(2) {\n  y({1});\n" + inner + "}\n",
           "a.cc:1: C::C() : a_{1}, b_(2)" + finding},
          {"a.cc", "TEST(A, B) {\n  if (x) {\n" + lines(57, "  x();\n") + "  }\n}\n",
           "a.cc:1: TEST(A, B)" + finding},
          // Neither a table nor a class is a function.
          {"a.cc", "const int kTable[] = {\n" + lines(90, "  f(1),\n") + "};\n", ""},
          {"a.cc", "struct S {\n" + lines(90, "  int x = f();\n") + "};\n", ""},
          {"a.cc", "#define X(a) { \\\nvoid f() {\n}\n" + lines(90, "int x;\n"), ""},
      });
}

TEST(FunctionSize, SeesEachFunctionOnce) {
  const SourceFile file(
      "a.cc",
      "namespace {\nint a(int x) { return x; }\n\ntemplate <class T>\nT b(T t = {}) {\n  auto l = "
      "[&](int i) { return i; };\n  return t;\n}\n}\nint c = f({1, 2});\nvoid d() {}\n");
  std::string seen;
  for (const Function& function : functions_of(file)) {
    seen += function.name + "|" + std::to_string(function.line) + "|" + std::to_string(function.lines) + "\n";
  }
  EXPECT_EQ(seen, "int a(int x)|2|1\ntemplate <class T>|4|5\nvoid d()|11|1\n");
}

TEST(Names, RefuseWordsThatNameNothing) {
  expect_findings(check_path_words,
                  {{"base/text/strings.h", "", ""},
                   {"base/util/a.h", "", "base/util/a.h: \"util\" names nothing: say what it is\n"},
                   {"base/text/string_utils.cc", "",
                    "base/text/string_utils.cc: \"utils\" names nothing: say what it is\n"},
                   {"base/text/utility_pole.cc", "", ""}});
  expect_findings(check_type_words,
                  {{"a.h", "class RuleManager {\n", "a.h:1: RuleManager: \"Manager\" names nothing\n"},
                   {"a.h", "\n  struct ProbeInfo;\n", "a.h:2: ProbeInfo: \"Info\" names nothing\n"},
                   {"a.h", "namespace helpers {\n", "a.h:1: helpers: \"helpers\" names nothing\n"},
                   {"a.h", "using Data = int;\n", "a.h:1: Data: \"Data\" names nothing\n"},
                   {"a.h", "class Database {\n  void info();\n  int data_;\n", ""},
                   {"a.h", "// class Manager\n", ""}});
}

TEST(Loops, RefuseRangesThatArePartsOfATemporary) {
  const std::string gone = "loops over a part of what is gone by then: give it a name first\n";
  expect_findings(
      check_loops,
      {{"a.cc", "\nfor (const auto& key : store().list().value()) use(key);\n", "a.cc:2: " + gone},
       {"a.cc", "for (const json& key :\n     json::parse(body).at(\"keys\")) {\n", "a.cc:1: " + gone},
       {"a.cc", "for (const json& key : json::parse(f(body)).at(\"keys\")) {\n", "a.cc:1: " + gone},
       {"a.cc", "for (const auto& key : keys.value()) {\n  f().value();\n", ""},
       {"a.cc", "for (const json& key : set.at(\"keys\")) json::parse(x).at(\"y\");\n", ""},
       {"a.cc", "for (const auto& found : {f().value(), g().value()}) {\n", ""},
       {"a.cc", "for (int i = 0; i < f().value(); ++i) {\n", ""},
       {"docs/a.md", "for (x : f().value())\n", ""}});
}

TEST(Calls, RefuseEachBannedCallOutsideItsPlace) {
  const std::string clock = std::string("x = std::chrono::system_clock") + "::now();\n";
  expect_findings(
      check_calls,
      {
          {"a.cc", "std::regex r;\n", "a.cc:1: std::regex: overflows the stack: picket::Regex\n"},
          {"a.cc", "\nstd::thread t(f);\n",
           "a.cc:2: std::thread: ends the program when not joined: std::jthread\n"},
          {"a.cc", "std::thread::id i = std::this_thread::get_id();\nstd::jthread t(f);\n", ""},
          {"a.cc", "int r = rand();\n", "a.cc:1: rand: is predictable: picket::Random\n"},
          {"a.cc", "int r = brand() + operand;\n", ""},
          {"a.cc", "co_await f();\n", "a.cc:1: co_await: g++ 12.2 destroys temporaries twice\n"},
          {"a.cc", "std::this_thread::sleep_for(1s);\n",
           "a.cc:1: sleep_for: wait on a condition or a Scheduler\n"},
          {"base/time/a.cc", "std::this_thread::sleep_for(1s);\n", ""},
          {"a.cc", "never.wait_for(lock, 1s, [] { return false; });\n",
           "a.cc:1: [] { return false; }): nothing ends this wait but its time: wait on what is signalled\n"},
          {"a.cc", "::poll(nullptr, 0, 10);\n", "a.cc:1: poll(nullptr: wait on a condition or a Scheduler\n"},
          {"a.cc", "gone.wait_for(lock, 1s, [this] { return ended_; });\n::poll(&one, 1, 10);\n", ""},
          {"a.cc", clock, "a.cc:1: system_clock::now: takes time from picket::Clock\n"},
          {"base/time/a.cc", clock, ""},
          {"a.cc", "std::cout << 1;\n", "a.cc:1: std::cout: is the program's output, not a part's\n"},
          {"alertd/main.cc", "std::cout << 1;\n", ""},
          {"a_test.cc", "GTEST_SKIP();\n", "a_test.cc:1: GTEST_SKIP: a skipped test tells nothing\n"},
          {"authd/a.cc", "auto j = nlohmann::json::parse(x);\n",
           "authd/a.cc:1: json::parse: has no limits: picket::parse_json\n"},
          {"authd/a.cc", "return json{{\"a\", 1}}.dump();\n",
           "authd/a.cc:1: dump: throws on invalid UTF-8: picket::to_json\n"},
          {"authd/a.cc", "json::parse_event_t e = dumped;\n", ""},
          {"base/json/a.cc", "return Json::parse(text).dump();\n", ""},
          {"a.cc", "// rand()\nlog(\"usleep\");\n", ""},
      });
}

TEST(HeaderOpening, WantsACommentAndThenTheGuard) {
  expect_findings(
      check_header_opening,
      {{"a.h", "// What it is.\n#pragma once\n", ""},
       {"a.h", "#pragma once\n", "a.h:1: must open with a comment: what it is, who uses it\n"},
       {"a.h", "// What.\n\n#pragma once\n", "a.h:2: #pragma once must follow the opening comment\n"},
       {"a.h", "// What.\n#ifndef A\n", "a.h:2: #pragma once must follow the opening comment\n"},
       {"a.h", lines(9, "// x\n") + "#pragma once\n", "a.h:1: opens with a comment that is too long\n"},
       {"a.cc", "int x;\n", ""}});
}

TEST(Leftovers, AreFoundInEveryFile) {
  const std::string reminder = std::string("TO") + "DO";
  const std::string off = std::string("DISABLED") + "_X";
  const std::string home = std::string("/ro") + "ot/x";
  expect_findings(check_leftovers, {{"a.md", "x\n" + reminder + "\n", "a.md:2: holds \"" + reminder + "\"\n"},
                                    {"a_test.cc", "TEST(A, " + off + ")\n",
                                     "a_test.cc:1: holds \"" + off.substr(0, 9) + "\"\n"},
                                    {"a.md", "to do\n", ""}});
  expect_findings(check_machine_paths,
                  {{"a.sh", "cd " + home + "\n", "a.sh:1: holds \"" + home.substr(0, 6) + "\"\n"},
                   {"a.sh", "cd /etc/picket\n", ""}});
}

TEST(Whitespace, IsRefusedAtTheEndOfLines) {
  expect_findings(check_whitespace, {{"a.md", "x \n", "a.md:1: ends with a blank\n"},
                                     {"a.md", "x\n\t\n", "a.md:2: ends with a blank\n"},
                                     {"a.md", "x\r\n", "a.md:1: ends with a carriage return\n"},
                                     {"a.md", "x\ny", "a.md:2: has no newline at the end\n"},
                                     {"tests/golden/a.txt", "x \r\n", ""},
                                     {"a.md", "", ""}});
}

TEST(Targets, NameASourceThatNobodyBuilds) {
  SourceTree tree;
  tree.files.emplace_back("base/text/CMakeLists.txt", "picket_module(text)\n");
  tree.files.emplace_back("base/text/a.cc", "");
  tree.files.emplace_back("base/text/main.cc", "");
  tree.files.emplace_back("base/lost/a.cc", "");
  tree.files.emplace_back("alertd/CMakeLists.txt", "picket_binary(alertd)\n");
  tree.files.emplace_back("alertd/main.cc", "");
  tree.files.emplace_back("alertd/other.cc", "");
  tree.files.emplace_back("tests/fuzz/CMakeLists.txt", "picket_fuzz(a fuzz_a.cc)\n");
  tree.files.emplace_back("tests/fuzz/fuzz_a.cc", "");
  tree.files.emplace_back("tests/fuzz/fuzz_b.cc", "");
  tree.files.emplace_back("tests/bench/CMakeLists.txt", "picket_bench(a DEPENDS x)\n");
  tree.files.emplace_back("tests/bench/bench_a.cc", "");
  tree.files.emplace_back("tests/bench/bench_b.cc", "");
  tree.files.emplace_back("tests/base/CMakeLists.txt", "picket_test(base)\n");
  tree.files.emplace_back("tests/base/deep/a_test.cc", "");
  tree.files.emplace_back("tests/lost/a_test.cc", "");
  const std::string unbuilt = ": is built by no CMakeLists.txt\n";
  EXPECT_EQ(report(check_targets(tree)), "base/text/main.cc" + unbuilt + "base/lost/a.cc" + unbuilt +
                                             "alertd/other.cc" + unbuilt + "tests/fuzz/fuzz_b.cc" + unbuilt +
                                             "tests/bench/bench_b.cc" + unbuilt + "tests/lost/a_test.cc" +
                                             unbuilt);
}

TEST(Registration, NamesAFolderThatNobodyAdds) {
  SourceTree tree;
  tree.files.emplace_back("CMakeLists.txt", "add_subdirectory(tests)\n");
  tree.files.emplace_back("tests/CMakeLists.txt", "foreach(area base net)\n");
  tree.files.emplace_back("tests/net/CMakeLists.txt", "");
  tree.files.emplace_back("tests/sql/CMakeLists.txt", "");
  EXPECT_EQ(report(check_registration(tree)),
            "tests/sql/CMakeLists.txt: the CMakeLists.txt above does not name this folder\n");
  expect_findings(check_tests_hold_tests,
                  {{"tests/a_test.cc", "int x;\n", "tests/a_test.cc: holds no test\n"},
                   {"tests/a_test.cc", "TEST_F(A, B) {}\n", ""},
                   {"tests/a.cc", "", ""}});
}

TEST(Packages, NameAProgramThatNobodyInstalls) {
  SourceTree tree;
  EXPECT_EQ(report(check_packages(tree)), "tools/packages.sh: is missing\n");
  tree.files.emplace_back("tools/packages.sh",
                          "BUILD_PACKAGES=(\"cmake|build\")\n"
                          "TEST_PACKAGES=(\n  \"a|x\" \"b|x\"\n)\n"
                          "BENCH_PACKAGES=(\"peer|x\")\nif true; then\n  TEST_PACKAGES+=(\"late|x\")\nfi\n");
  const auto calls = [](const std::vector<std::string>& packages) {
    std::string text;
    for (const std::string& package : packages) text += "find_program(\"p\", \"" + package + "\");\n";
    return text;
  };
  tree.files.emplace_back("tests/a.cc", calls({"a", "b", "late", "util-linux", "cmake", "peer"}));
  tree.files.emplace_back("tests/bench/b.cc", calls({"a", "peer", "x"}));
  EXPECT_EQ(report(check_packages(tree)),
            "tests/a.cc:5: ./picket installs no cmake\ntests/a.cc:6: ./picket installs no peer\n"
            "tests/bench/b.cc:3: ./picket installs no x\n");
}

TEST(Metrics, OfTheCodeAreInTheDocument) {
  SourceTree tree;
  EXPECT_EQ(report(check_metrics_documented(tree)), "docs/metrics.md: is missing\n");
  tree.files.emplace_back(
      "docs/metrics.md",
      "| metric |\n|---|\n| `health_a` | x |\n| `<daemon>_b` | x |\n| `health_gone` | x |\n");
  tree.files.emplace_back("exporters/health/a.cc",
                          "f(\"health_a\", \"health_new\", \"alertd_b\");\n// \"health_gone\"\n"
                          "g(\"health_exporter\", \"health_prefix_\", \"Health x\");\n");
  tree.files.emplace_back("base/daemon/a.cc", "f(name + \"_b\");\n");
  tree.files.emplace_back("tests/a.cc", "f(\"health_test_only\");\n");
  EXPECT_EQ(report(check_metrics_documented(tree)),
            "exporters/health/a.cc:1: health_new is not in docs/metrics.md\n");
}

TEST(SecurityDocument, NamesTestsThatExistInEveryRow) {
  SourceTree tree;
  EXPECT_EQ(report(check_named_tests(tree)), "docs/security.md: is missing\n");
  tree.files.emplace_back("docs/security.md",
                          "`A.Fine` and `authd.yml` and `B.Gone`\n| # | what | test |\n|---|---|---|\n"
                          "| 1 | x | `A.Fine`, `C.AlsoFine` |\n| 2 | x | not tested: for this reason |\n"
                          "| 3 | x | soon |\n| 5 | x | `A.Commented` |\n| 6 | x | not tested: |\n"
                          "| 1 | another table | `P.OverLines` |\n");
  tree.files.emplace_back("tests/a_test.cc",
                          "TEST(A, Fine) {}\nTEST_F(C, AlsoFine) {}\n// TEST(A, Commented) {}\n"
                          "TEST_P(P,\n       OverLines) {}\n");
  tree.files.emplace_back("authd/a.cc", "TEST(B, Gone) {}\n");
  EXPECT_EQ(report(check_named_tests(tree)),
            "docs/security.md:1: B.Gone is no test\ndocs/security.md:7: A.Commented is no test\n");
  EXPECT_EQ(report(check_promises(tree)),
            "docs/security.md:6: names no test and no reason\ndocs/security.md:7: a row is missing before\n"
            "docs/security.md:8: names no test and no reason\n");
}

TEST(ConfigFields, AreReadByCodeThatIsNoReader) {
  SourceTree tree;
  tree.files.emplace_back(
      "a/a_config.h",
      "struct AConfig {\n  Duration used{};\n  std::string idle;  ///< x\n  bool set = true;\n"
      "  std::map<int, long> nested = {};\n  bool is_a() const { return true; }\n};\n"
      "struct Other {\n  int free;\n};\n");
  tree.files.emplace_back("a/a_config.cc",
                          "void read_yaml(MapReader& r, AConfig& c) {\n  r.read(\"idle\", c.idle);\n"
                          "  if (c.idle.empty()) r.problem(\"idle\", \"x\");\n}\n");
  tree.files.emplace_back("a/a.cc", "void f(AConfig& c) {\n  g(c.used, c->nested);\n  c.set = false;\n}\n");
  tree.files.emplace_back("tests/a_test.cc", "void f(AConfig& c) {\n  g(c.idle);\n}\n");
  EXPECT_EQ(report(check_config_fields(tree)),
            "a/a_config.h:3: AConfig::idle is read from the file and by nobody else\n"
            "a/a_config.h:4: AConfig::set is read from the file and by nobody else\n");
}

TEST(Runbooks, MatchTheAlerts) {
  SourceTree tree;
  tree.files.emplace_back("docs/runbooks/Fine.md", "");
  tree.files.emplace_back("docs/runbooks/Old.md", "");
  tree.files.emplace_back("rules/a.yml",
                          "  - alert: Fine\n    annotations:\n      runbook_url: docs/runbooks/Fine.md\n"
                          "  - alert: Bare\n  - alert: Wrong\n    runbook_url: docs/runbooks/Fine.md\n");
  EXPECT_EQ(report(check_runbooks(tree)),
            "rules/a.yml:4: Bare: runbook_url must be docs/runbooks/Bare.md\n"
            "rules/a.yml:4: docs/runbooks/Bare.md is missing\n"
            "rules/a.yml:5: Wrong: runbook_url must be docs/runbooks/Wrong.md\n"
            "rules/a.yml:5: docs/runbooks/Wrong.md is missing\n"
            "docs/runbooks/Old.md: is the runbook of no alert\n");
}

}  // namespace
}  // namespace picket::tidy
