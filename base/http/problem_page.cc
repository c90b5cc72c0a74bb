#include "base/http/problem_page.h"

#include "base/http/accept.h"
#include "base/json/json.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::string_view kProblemType = "application/problem+json";
constexpr JsonLimits kLimits{.bytes = std::size_t{64} * 1024, .depth = 8, .values = 1000};

std::string text_in(const nlohmann::json& members, const char* name) {
  const auto found = members.find(name);
  return found != members.end() && found->is_string() ? found->get<std::string>() : "";
}

Problem problem_in(const Response& response) {
  Problem problem{.status = response.status,
                  .title = std::string(reason_phrase(response.status)),
                  .detail = {},
                  .headers = response.headers};
  const Result<nlohmann::json> members = parse_json(response.body, kLimits);
  if (!members || !members->is_object()) return problem;
  if (std::string title = text_in(*members, "title"); !title.empty()) problem.title = std::move(title);
  problem.detail = text_in(*members, "detail");
  return problem;
}

void add_vary(Headers& headers) {
  const std::string vary = join(headers.all("Vary"), ", ");
  headers.set("Vary", vary.empty() ? "Accept" : vary + ", Accept");
}

}  // namespace

ProblemView::ProblemView(const ProblemPage& page, const Request& request)
    : page_(page ? &page : nullptr), is_browser_(page_ != nullptr && prefers_html(request.headers)) {
  if (is_browser_) target_ = request.target;
}

Response ProblemView::shown(Response response) const {
  if (page_ == nullptr || response.headers.get("Content-Type") != kProblemType) return response;
  add_vary(response.headers);
  if (!is_browser_) return response;
  Response page = (*page_)(target_, problem_in(response));
  for (const auto& [name, value] : response.headers) {
    if (!page.headers.find(name)) page.headers.add(name, value);
  }
  return page;
}

}  // namespace picket
