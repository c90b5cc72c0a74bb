#include "base/daemon/problem_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/web/error_page.h"
#include "base/web/parts.h"

namespace picket {
namespace {

constexpr std::size_t kPathShown = 200;

/// "a page of another site ..." as a sentence.
std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
  if (std::string_view(".!?").find(text.back()) == std::string_view::npos) text.push_back('.');
  return text;
}

std::string what_happened(const Target& target, const Problem& problem) {
  if (!problem.detail.empty()) return sentence(problem.detail);
  const std::string path = truncate(target.path, kPathShown);
  switch (problem.status) {
    case 401:
      return "This page asks for a name and a password.";
    case 403:
      return "You may not use this page.";
    case 404:
      return fmt::format("There is no page {} here.", path);
    case 405:
      return fmt::format("The address {} is there for programs, not to be looked at.", path);
    case 429:
      return "There were too many requests from your address.";
    default:
      return problem.status >= 500 ? "The request could not be answered." : "The request was not understood.";
  }
}

/// "Try again in 3 min."
std::string try_again(const Problem& problem) {
  const Result<std::int64_t> seconds = parse_int(problem.headers.get("Retry-After"));
  if (!seconds || *seconds < 0) return "Try again in a moment.";
  constexpr std::int64_t kYear = 365LL * 24 * 3600;
  return fmt::format("Try again in {}.", web::spoken(std::chrono::seconds(std::min(*seconds, kYear))));
}

std::string what_to_do(const Problem& problem) {
  if (problem.headers.find("Retry-After") != nullptr) return try_again(problem);
  switch (problem.status) {
    case 401:
      return "Reload the page and log in.";
    case 404:
      return "Look at the address, or begin at the start page.";
    case 405:
      return fmt::format("It takes {}.", problem.headers.get("Allow"));
    default:
      return problem.status >= 500 ? try_again(problem) : "";
  }
}

}  // namespace

Response problem_page(web::Site site, const Target& target, const Problem& problem) {
  site.navigation.clear();
  site.footer.clear();
  return web::error_page(site, {.status = problem.status,
                                .title = problem.title,
                                .what = what_happened(target, problem),
                                .what_to_do = what_to_do(problem)});
}

}  // namespace picket
