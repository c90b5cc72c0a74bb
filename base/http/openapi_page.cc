#include "base/http/openapi_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 "
    "auto;padding:1rem;color:#1b1f24;background:#fff}"
    "code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#f4f6f8;padding:.75rem;overflow:auto}"
    "summary{cursor:pointer;padding:.4rem 0}details{border-bottom:1px solid #d8dee4}"
    "b.method{display:inline-block;min-width:4.5rem}table{border-collapse:collapse}"
    "td,th{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{background:#161b22}"
    "details{border-color:#30363d}a{color:#6cb6ff}}";

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? escape_html(found->get<std::string>()) : "";
}

/// "#/components/schemas/User" as a link to it.
std::string schema_link(const Json& body) {
  const Json content = body.value("content", Json::object());
  for (const auto& [type, media] : content.items()) {
    const std::string reference = media.at("schema").at("$ref").get<std::string>();
    const std::string name = escape_html(reference.substr(reference.rfind('/') + 1));
    return fmt::format("<code>{}</code> <a href=\"#schema-{}\">{}</a>", escape_html(type), name, name);
  }
  return "no body";
}

std::string parameter_rows(const Json& operation) {
  std::string rows;
  for (const Json& parameter : operation.value("parameters", Json::array())) {
    rows +=
        fmt::format("<tr><td><code>{}</code></td><td>{}{}</td><td>{}</td></tr>", text_at(parameter, "name"),
                    text_at(parameter, "in"), parameter.value("required", false) ? ", required" : "",
                    text_at(parameter, "description"));
  }
  if (rows.empty()) return "";
  return "<table><thead><tr><th scope=\"col\">Parameter</th><th scope=\"col\">In</th><th "
         "scope=\"col\">Meaning</th></tr>"
         "</thead><tbody>" +
         rows + "</tbody></table>";
}

std::string security_of(const Json& operation) {
  for (const Json& entry : operation.at("security")) {
    for (const auto& [name, scopes] : entry.items()) return "Needs <code>" + escape_html(name) + "</code>.";
  }
  return "Open to everybody.";
}

std::string operation_html(const std::string& path, const std::string& method, const Json& operation) {
  std::string html =
      fmt::format("<details id=\"{}\"><summary><b class=\"method\">{}</b> <code>{}</code> {}</summary>",
                  text_at(operation, "operationId"), escape_html(to_upper(method)), escape_html(path),
                  text_at(operation, "summary"));
  html += fmt::format("<p>{}</p><p>{}</p>{}", text_at(operation, "description"), security_of(operation),
                      parameter_rows(operation));
  if (operation.contains("requestBody"))
    html += "<p>Request: " + schema_link(operation.at("requestBody")) + "</p>";
  const Json& responses = operation.at("responses");
  html += fmt::format("<p>Answer: {}; errors: {}</p></details>", schema_link(responses.at("2XX")),
                      schema_link(responses.at("default")));
  return html;
}

/// Chapters in the order in which their first route stands.
std::vector<std::pair<std::string, std::string>> chapters_of(const Json& document) {
  std::vector<std::pair<std::string, std::string>> chapters;
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      const std::string tag =
          operation.contains("tags") ? operation.at("tags").at(0).get<std::string>() : "Other";
      auto chapter =
          std::find_if(chapters.begin(), chapters.end(), [&](const auto& c) { return c.first == tag; });
      if (chapter == chapters.end()) chapter = chapters.insert(chapters.end(), {tag, ""});
      chapter->second += operation_html(path, method, operation);
    }
  }
  return chapters;
}

}  // namespace

std::string_view openapi_style() {
  return kStyle;
}

std::string render_openapi_page(const Json& document) {
  const Json& about = document.at("info");
  std::string html = fmt::format(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>{0}</title><style>{1}</style></head><body><h1>{0} "
      "{2}</h1><p>{3}</p>",
      text_at(about, "title"), kStyle, text_at(about, "version"), text_at(about, "description"));
  for (const auto& [tag, operations] : chapters_of(document)) {
    html += fmt::format("<h2>{}</h2>{}", escape_html(tag), operations);
  }
  html += "<h2>Schemas</h2>";
  for (const auto& [name, schema] : document.at("components").at("schemas").items()) {
    html += fmt::format("<h3 id=\"schema-{0}\">{0}</h3><pre>{1}</pre>", escape_html(name),
                        escape_html(to_indented_json(schema)));
  }
  return html + "</body></html>";
}

}  // namespace picket
