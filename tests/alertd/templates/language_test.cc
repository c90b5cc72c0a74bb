// The language of Go's text/template, without the functions of Prometheus and Alertmanager.
#include "alertd/templates/notification_values.h"
#include "tests/alertd/templates/template_case.h"

namespace picket::alertd {
namespace {

using test::run_cases;

const ValueType kRecord = {.name = "main.T"};

Value dot() {
  ValueMap numbers;
  numbers.emplace("one", Value(1));
  numbers.emplace("two", Value(2));
  return Value::record({{"I", Value(17)},
                        {"F", Value(1.5)},
                        {"S", Value("xyz")},
                        {"Empty", Value("")},
                        {"True", Value(true)},
                        {"Nil", Value()},
                        {"List", Value::list({Value(3), Value(4), Value(5)})},
                        {"None", Value::list({})},
                        {"Map", Value::map(std::move(numbers))},
                        {"Labels", Value::strings(Labels({{"job", "api"}, {"zone", "eu"}}))},
                        {"Inner", Value::record({{"X", Value("x")}}, kRecord)}},
                       kRecord);
}

TEST(TemplateLanguage, TextTrimsAndComments) {
  run_cases({{"", ""},
             {"hello", "hello"},
             {"a {{- 3 -}} b", "a3b"},
             {"a\n\t {{- 3}} b", "a3 b"},
             {"x {{/* note */}} y", "x  y"},
             {"x {{- /* note */ -}} y", "xy"},
             {"{{-3}}", "-3"},
             {"{{3 -}}\n\n", "3"},
             {"{{ `{{` }}", "{{"},
             {"}}", "}}"},
             {"{", "{"}},
            {}, dot());
}

TEST(TemplateLanguage, LiteralsAndFields) {
  run_cases(
      {{"{{1}} {{0x1F}} {{1_000}} {{-7}} {{'a'}} {{'\\n'}} {{0b11}} {{017}}", "1 31 1000 -7 97 10 3 15"},
       {"{{1.5}} {{1e3}} {{.5}} {{1000000.0}} {{1e21}} {{0.0001}} {{0.00001}}",
        "1.5 1000 0.5 1e+06 1e+21 0.0001 1e-05"},
       {R"({{"a\tb\"\u00e9"}} {{`raw\n`}})", "a\tb\"é raw\\n"},
       {"{{true}} {{false}}", "true false"},
       {"{{.I}} {{.S}} {{.Inner.X}} {{.Labels.job}} {{$.Labels.zone}}", "17 xyz x api eu"},
       {"[{{.Labels.none}}] [{{.Map.none}}] [{{.Nil}}]", "[] [<no value>] [<no value>]"},
       {"{{.List}} {{.Map}} {{.Labels}}", "[3 4 5] map[one:1 two:2] map[job:api zone:eu]"},
       {"{{(.Inner).X}} {{(index .List 1)}}", "x 4"},
       {"{{.Missing}}", "can't evaluate field Missing in type main.T", true},
       {"{{.S.x}}", "can't evaluate field x in type string", true},
       {"{{.Nil.x}}", "nil pointer", true}},
      {}, dot());
}

TEST(TemplateLanguage, ConditionsAndVariables) {
  run_cases({{"{{if .True}}yes{{else}}no{{end}}", "yes"},
             {"{{if .Empty}}1{{else if .None}}2{{else if .I}}3{{else}}4{{end}}", "3"},
             {"{{if 0}}t{{else}}f{{end}}{{if 0.0}}t{{else}}f{{end}}{{if .Nil}}t{{else}}f{{end}}", "fff"},
             {"{{with .S}}[{{.}}]{{end}}{{with .Empty}}{{else}}none{{end}}", "[xyz]none"},
             {"{{with .Empty}}a{{else with .S}}{{.}}{{end}}", "xyz"},
             {"{{with $x := .I}}{{$x}} {{$.S}}{{end}}", "17 xyz"},
             {"{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"},
             {"{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"},
             {"{{if $x := .Empty}}a{{else}}[{{$x}}]{{end}}", "[]"},
             {"{{and 1 0}} {{and 1 2}} {{or 0 \"\" 7}} {{or 0 \"\"}} {{not 0}}", "0 2 7  true"},
             {"{{if and .Labels (eq .Labels.job \"api\")}}ok{{end}}", "ok"},
             {"{{or .True .Missing.x}}", "true"}},
            {}, dot());
}

TEST(TemplateLanguage, Ranges) {
  run_cases({{"{{range .List}}<{{.}}>{{end}}", "<3><4><5>"},
             {"{{range $i, $e := .List}}{{$i}}={{$e}} {{end}}", "0=3 1=4 2=5 "},
             {"{{range $e := .List}}{{$e}}{{end}}", "345"},
             {"{{range $k, $v := .Map}}{{$k}}:{{$v}};{{end}}", "one:1;two:2;"},
             {"{{range .None}}x{{else}}empty{{end}}{{range .Nil}}x{{else}} nil{{end}}", "empty nil"},
             {"{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}", "01201"},
             {"{{range .List}}{{if eq . 4}}{{continue}}{{end}}{{.}}{{end}}", "35"},
             {"{{range .List}}{{if eq . 4}}{{break}}{{end}}{{.}}{{end}}", "3"},
             {"{{range .List}}{{range 2}}{{break}}{{end}}{{.}}{{end}}", "345"},
             {"{{$last := 0}}{{range .List}}{{$last = .}}{{end}}{{$last}}", "5"},
             {"{{$i := 9}}{{$e := 9}}{{range $i, $e = .List}}{{end}}{{$i}}{{$e}}", "25"},
             {"{{range .List}}{{$x := .}}{{$x}}{{end}}{{$y := 1}}{{$y}}", "3451"},
             {"{{range .S}}{{end}}", "range can't iterate over xyz", true}},
            {}, dot());
}

TEST(TemplateLanguage, DefinedTemplates) {
  run_cases({{R"({{define "x"}}[{{.}}]{{end}}{{template "x" .I}}{{template "x"}})", "[17][<no value>]"},
             {R"({{template "x" .}}{{define "x"}}{{.S}}{{end}})", "xyz"},
             {R"({{block "b" .S}}<{{.}}>{{end}})", "<xyz>"},
             {R"({{define "x"}}{{$y := 1}}{{$y}}{{end}}{{$y := 2}}{{template "x"}}{{$y}})", "12"},
             {R"({{template "none"}})", "t:1:1: template \"none\" not defined", true},
             {R"({{define "x"}}{{template "x"}}{{end}}{{template "x"}})", "call each other", true}},
            {}, dot());
}

TEST(TemplateLanguage, Builtins) {
  run_cases(
      {{"{{len .List}} {{len .S}} {{len .Map}}", "3 3 2"},
       {"{{index .List 0}} {{index .Map \"two\"}} {{index .Labels \"no\"}}|{{index .S 1}}", "3 2 |121"},
       {"{{slice .S 1}} {{slice .S 1 2}} {{slice .List 1}}", "yz y [4 5]"},
       {"{{print 1 2 \"a\" \"b\" 3}}|{{println 1 \"a\"}}", "1 2ab3|1 a\n"},
       {"{{eq 1 1}} {{eq 1 2 1}} {{ne \"a\" \"b\"}} {{lt 1 2}} {{le 2.0 2.0}} {{gt \"b\" \"a\"}} {{ge 1 2}}",
        "true true true true true true false"},
       {"{{gt .F 1}} {{eq 1 1.0}}", "true true"},
       {"{{.I | printf \"%d-%s\" 3}}", "3-%!s(int=17)"},
       {"{{html \"<a href='x'>\"}} {{js \"it's <b>\"}} {{urlquery \"a b&c\"}}",
        "&lt;a href=&#39;x&#39;&gt; it\\'s \\u003Cb\\u003E a+b%26c"},
       {"{{index .List 9}}", "error calling index: index out of range: 9", true},
       {"{{eq 1 \"a\"}}", "incompatible types for comparison", true},
       {"{{len 3}}", "error calling len: len of type int", true},
       {"{{len}}", "wrong number of args for len: want 1 got 0", true},
       {"{{slice .S 3 1}}", "invalid slice index", true}},
      {}, dot());
}

TEST(TemplateLanguage, PrintfHasGosVerbs) {
  run_cases({{R"({{printf "%s|%5s|%-5s|%.2s|%q|%x" "ab" "ab" "ab" "abc" "a\"b" "hi"}})",
              R"(ab|   ab|ab   |ab|"a\"b"|6869)"},
             {R"({{printf "%d|%5d|%-5d|%05d|%+d|%x|%X|%o|%b|%c|%U" 5 5 5 -5 5 255 255 8 5 65 65}})",
              "5|    5|5    |-0005|+5|ff|FF|10|101|A|U+0041"},
             {R"({{printf "%f|%.2f|%8.3f|%g|%e|%.4g|%v" 1.5 1.005 1.5 1e7 1500.0 1234567.0 0.1}})",
              "1.500000|1.00|   1.500|1e+07|1.500000e+03|1.235e+06|0.1"},
             {R"({{printf "%t %v %T %T %T" true nil 1 "a" 1.0}})", "true <nil> int string float64"},
             {R"({{printf "%d%%" 50}} {{printf "%d"}} {{printf "%d" "x"}} {{printf "a" 1}})",
              "50% %!d(MISSING) %!d(string=x) a%!(EXTRA int=1)"},
             {R"({{printf "%*d|%z|%" 4 7 1}})", "   7|%!z(int=1)|%!(NOVERB)"},
             {R"({{printf "%6.2f%%" 12.345}} {{printf "%v" .List}} {{printf "%d" .List}})",
              " 12.35% [3 4 5] [3 4 5]"}},
            {}, dot());
}

TEST(TemplateLanguage, ParseErrorsNameLineAndColumn) {
  run_cases({{"a\n b {{foo}}", "t:2:6: function \"foo\" not defined", true},
             {"{{pritnf \"x\"}}", "did you mean \"printf\"?", true},
             {"{{$x}}", "t:1:3: undefined variable \"$x\"", true},
             {"{{if true}}{{$x := 1}}{{end}}{{$x}}", "undefined variable", true},
             {"{{if .I}}", "t:1:1: {{ if }} without {{ end }}", true},
             {"{{end}}", "unexpected {{ end }}", true},
             {"{{else}}", "unexpected {{ end }} or {{ else }}", true},
             {"{{if 1}}{{else}}{{else}}{{end}}", "a second {{ else }}", true},
             {"{{break}}", "outside of {{ range }}", true},
             {"{{range .I}}{{define \"x\"}}{{end}}{{end}}", "only allowed at the top level", true},
             {"{{ \"abc }}", "the quoted string is not closed", true},
             {"{{ `abc }}", "the raw string is not closed", true},
             {"{{ /* abc */ }}", "unexpected", true},
             {"{{/* abc }}", "the comment is not closed", true},
             {"abc {{ .I", "t:1:5: the action is not closed", true},
             {"{{ (.I }}", "a parenthesis is not closed", true},
             {"{{ .I) }}", "unexpected )", true},
             {"{{}}", "missing value for an action", true},
             {"{{.I | }}", "missing value for an action", true},
             {"{{.I | 3}}", "only a function or method can stand after |", true},
             {"{{3 4}}", "can't give argument to non-function", true},
             {"{{1.2.3}}", "bad number \"1.2.3\"", true},
             {"{{a & b}}", "unexpected \"&\" in an action", true},
             {"{{$a, $b := .List}}", "too many declarations", true},
             {"{{range $a, $b, $c := .List}}{{end}}", "unexpected , in a declaration", true},
             {"{{template x}}", "unexpected \"x\" in {{ template }}", true}},
            {}, dot());
}

TEST(TemplateLanguage, PositionsCountFromWhereTheTextStands) {
  const auto bad = Template::compile({.name = "rules.yml", .text = "{{foo}}", .position = {12, 20}}, {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message.substr(0, 17), "rules.yml:12:22: ");
}

TEST(TemplateLanguage, HasLimits) {
  const auto repeated = [](int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  const std::string deep = repeated(150, "{{if 1}}") + repeated(150, "{{end}}");
  const std::string chain = "{{define \"x\"}}" + repeated(50, "{{if 1}}") + "{{template \"x\"}}" +
                            repeated(50, "{{end}}") + "{{end}}{{template \"x\"}}";
  const std::string megabyte = "{{$x := printf \"%1000d\" 1}}{{range 10}}{{$x = print $x $x}}{{end}}";
  run_cases({{"{{range 1000000}}{{end}}", "more than 100000 steps", true},
             {"{{range 20000}}{{printf \"%100d\" 1}}{{end}}", "the output is larger than 1MiB", true},
             {"{{" + std::string(200, '(') + "1" + std::string(200, ')') + "}}", "nested too deeply", true},
             {"{{$x := 1}}{{range 60}}{{$x = print $x $x}}{{end}}", "", true},
             {megabyte + "{{range 1000}}{{if $x}}{{end}}{{end}}", "steps", true},
             {megabyte + "{{len (print" + repeated(40, " $x") + ")}}", "the arguments of print are too large",
              true},
             {deep, "nested too deeply", true},
             {chain, "nested too deeply", true}},
            {}, dot());
  run_cases(
      {{"{{$x := list}}{{range 1000}}{{$x = list $x}}{{end}}", "a value is nested too deeply", true},
       {megabyte + "{{reReplaceAll \".\" $x $x}}", "the result would be too large", true},
       {megabyte + "{{join $x (list" + repeated(50, " \"\"") + ")}}", "the result would be too large", true},
       {"{{$x := list}}{{range 50000}}{{$x = append $x 1}}{{end}}", "steps", true}},
      {.functions = &alertmanager_functions()}, dot());
  EXPECT_FALSE(Template::compile({.name = "t", .text = std::string(2 << 20, 'x')}, {}));
}

TEST(TemplateLanguage, HtmlModeEscapesWhatIsNotSafe) {
  run_cases({{"<b>{{\"<i>+'\"}}</b>", "<b>&lt;i&gt;&#43;&#39;</b>"}, {"{{html \"<\"}}", "&lt;"}}, {}, dot(),
            {.escape = Escape::Html});
  run_cases({{"{{safeHtml \"<i>\"}}{{\"<i>\" | toUpper}}", "<i>&lt;I&gt;"}},
            {.functions = &alertmanager_functions()}, dot(), {.escape = Escape::Html});
}

TEST(TemplateLibrary, GivesItsDefinitionsToOtherTemplatesAndLaterOnesWin) {
  TemplateLibrary library;
  ASSERT_TRUE(library.add({.name = "a.tmpl", .text = R"({{define "x"}}old {{template "y" .}}{{end}})"},
                          builtin_functions()));
  ASSERT_TRUE(library.add({.name = "b.tmpl", .text = R"({{define "y"}}{{.}}{{end}})"}, builtin_functions()));
  run_cases({{R"({{template "x" "1"}})", "old 1"}}, {.library = &library}, Value());
  ASSERT_TRUE(library.add({.name = "c.tmpl", .text = R"({{define "x"}}new{{end}})"}, builtin_functions()));
  run_cases({{R"({{template "x"}})", "new"}, {R"({{define "x"}}mine{{end}}{{template "x"}})", "mine"}},
            {.library = &library}, Value());
  const auto bad = library.add({.name = "d.tmpl", .text = "\n{{define \"z\"}}"}, builtin_functions());
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "d.tmpl:2:1: definition of \"z\" without {{ end }}");
  run_cases({{R"({{template "x"}})", "new"}}, {.library = &library}, Value());
}

}  // namespace
}  // namespace picket::alertd
