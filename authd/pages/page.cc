#include "authd/pages/page.h"

#include <fmt/format.h>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"

namespace picket::authd {
namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1d2733;--soft:#55646f;--line:#cfd8e1;--back:#f6f8fa;--card:#fff;--act:#0b5cad;--bad:#a3200d;--good:#0d6b38}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa9b8;--line:#2d3742;--back:#0f151b;--card:#171f27;--act:#6cb2ff;--bad:#ff9b8a;--good:#7fd6a2}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:3rem auto;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
main.wide{max-width:56rem}
header{max-width:26rem;margin:3rem auto -2rem;padding:0 .25rem;color:var(--soft);font-weight:600}
h1{margin:0 0 1rem;font-size:1.5rem;font-weight:650}
h2{margin:2rem 0 .5rem;font-size:1.1rem}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
label.check{font-weight:400;display:flex;gap:.5rem;align-items:center}
input:not([type=checkbox]){width:100%;padding:.6rem .7rem;font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:.4rem}
.hint{color:var(--soft);font-size:.875rem;margin:.25rem 0 0}
button{margin-top:1.25rem;width:100%;padding:.65rem;font:inherit;font-weight:600;color:var(--card);background:var(--act);border:1px solid var(--act);border-radius:.4rem;cursor:pointer}
button.quiet{width:auto;margin:0;padding:.25rem .75rem;color:var(--act);background:none}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--act);outline-offset:2px}
[role=alert]{color:var(--bad);border-left:4px solid var(--bad);padding-left:.75rem}
[role=status]{color:var(--good);border-left:4px solid var(--good);padding-left:.75rem}
a{color:var(--act)}
table{width:100%;border-collapse:collapse;font-size:.9rem}
th,td{text-align:left;padding:.5rem .5rem .5rem 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{color:var(--soft);font-weight:600;border-top:0}
code,.codes{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.codes{columns:2;padding-left:1.25rem}
.qr{background:#fff;padding:.5rem;border-radius:.5rem;width:14rem;margin:1rem auto}
.qr svg{display:block;width:100%;height:auto}
)";

}  // namespace

Html operator+(Html left, const Html& right) {
  left += right;
  return left;
}

Response render(std::string_view site, const Page& page) {
  const bool is_wide = page.body.text.find("<table") != std::string::npos;
  Response response = Response::html(fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0} · {1}</title>\n"
      "<link rel=\"icon\" "
      "href=\"/auth/favicon.ico\">\n<style>{2}</style>\n</head>\n<body>\n<header>{1}</header>\n"
      "<main{3}>\n<h1>{0}</h1>\n{4}</main>\n</body>\n</html>\n",
      escape_html(page.title), escape_html(site), kStyle, is_wide ? " class=\"wide\"" : "", page.body.text));
  response.status = page.status;
  std::string targets = "'self'";
  for (const std::string& origin : page.form_targets) targets += " " + origin;
  response.headers.set(
      "Content-Security-Policy",
      fmt::format(
          "default-src 'none'; img-src 'self'; style-src 'sha256-{}'; base-uri 'none'; form-action {}; "
          "frame-ancestors 'none'",
          base64_encode(sha256(kStyle)), targets));
  response.headers.set("Referrer-Policy", "same-origin");  // no-referrer would make Origin "null"
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Html heading(std::string_view text) {
  return {fmt::format("<h2>{}</h2>\n", escape_html(text))};
}

Html paragraph(std::string_view text) {
  return {fmt::format("<p>{}</p>\n", escape_html(text))};
}

Html alert(std::string_view text) {
  return {fmt::format("<p role=\"alert\">{}</p>\n", escape_html(text))};
}

Html notice(std::string_view text) {
  return {fmt::format("<p role=\"status\">{}</p>\n", escape_html(text))};
}

Html link(std::string_view href, std::string_view text) {
  return {fmt::format("<p><a href=\"{}\">{}</a></p>\n", escape_html(href), escape_html(text))};
}

Html input(const Field& field) {
  const std::string name = escape_html(field.name);
  std::string extra;
  if (field.focus) extra += " autofocus";
  if (field.numeric) extra += " inputmode=\"numeric\"";
  if (!field.hint.empty()) extra += fmt::format(" aria-describedby=\"{}-hint\"", name);
  std::string out = fmt::format(
      "<label for=\"{0}\">{1}</label>\n<input id=\"{0}\" name=\"{0}\" type=\"{2}\" autocomplete=\"{3}\" "
      "value=\"{4}\" required{5}>\n",
      name, escape_html(field.label), escape_html(field.type), escape_html(field.autocomplete),
      escape_html(field.value), extra);
  if (!field.hint.empty())
    out += fmt::format("<p class=\"hint\" id=\"{}-hint\">{}</p>\n", name, escape_html(field.hint));
  return {out};
}

Html hidden(std::string_view name, std::string_view value) {
  return {fmt::format("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape_html(name),
                      escape_html(value))};
}

Html account_name(std::string_view username) {
  return {fmt::format(
      "<input type=\"text\" name=\"account\" autocomplete=\"username\" value=\"{}\" hidden readonly>\n",
      escape_html(username))};
}

Html checkbox(std::string_view name, std::string_view label) {
  return {
      fmt::format("<label class=\"check\"><input type=\"checkbox\" name=\"{}\" value=\"yes\">{}</label>\n",
                  escape_html(name), escape_html(label))};
}

Html button(std::string_view label) {
  return {fmt::format("<button>{}</button>\n", escape_html(label))};
}

Html quiet_button(std::string_view label) {
  return {fmt::format("<button class=\"quiet\">{}</button>\n", escape_html(label))};
}

Html form(std::string_view action, const Html& content) {
  return {
      fmt::format("<form method=\"post\" action=\"{}\">\n{}</form>\n", escape_html(action), content.text)};
}

Html table(const std::vector<std::string>& head, const std::vector<std::vector<Html>>& rows) {
  std::string out = "<table>\n<thead><tr>";
  for (const std::string& cell : head) out += fmt::format("<th scope=\"col\">{}</th>", escape_html(cell));
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (const Html& cell : row) out += fmt::format("<td>{}</td>", cell.text);
    out += "</tr>\n";
  }
  return {out + "</tbody>\n</table>\n"};
}

Html text_of(std::string_view text) {
  return {escape_html(text)};
}

}  // namespace picket::authd
