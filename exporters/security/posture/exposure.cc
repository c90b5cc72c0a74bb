#include "exporters/security/posture/exposure.h"

#include <algorithm>
#include <array>

#include "base/text/strings.h"

namespace picket::security {

namespace {

constexpr std::array kPaths = {
    ProbedPath{"/metrics", "exposed-metrics"},
    ProbedPath{"/debug/pprof/", "exposed-pprof"},
    ProbedPath{"/.git/HEAD", "exposed-git"},
    ProbedPath{"/.env", "exposed-env"},
    ProbedPath{"/server-status", "exposed-server-status"},
    ProbedPath{"/static/", "exposed-directory"},
    ProbedPath{"/assets/", "exposed-directory"},
    ProbedPath{"/uploads/", "exposed-directory"},
};

bool holds(std::string_view body, std::string_view text) {
  return body.find(text) != std::string_view::npos;
}

bool is_markup(std::string_view body) {
  return trim(body).starts_with('<');
}

template <class Matches>
bool any_line(std::string_view body, Matches matches) {
  const auto lines = split(body, '\n');
  return std::ranges::any_of(lines, matches);
}

/// The text formats of Prometheus.
bool is_metrics(std::string_view body) {
  return !is_markup(body) && any_line(body, [](std::string_view line) {
    return line.starts_with("# HELP ") || line.starts_with("# TYPE ");
  });
}

bool is_profiler(std::string_view body) {
  return holds(body, "<title>/debug/pprof/</title>") || holds(body, "Types of profiles available");
}

/// "ref: refs/heads/main", or a commit.
bool is_git_head(std::string_view body) {
  const std::string_view line = trim(body);
  if (line.starts_with("ref: refs/")) return true;
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return line.size() == 40 && std::ranges::all_of(line, is_hex);
}

/// NAME=value
bool is_assignment(std::string_view line) {
  line = trim(line);
  if (line.starts_with("export ")) line = trim(line.substr(7));
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || equals < 2) return false;
  const std::string_view name = line.substr(0, equals);
  const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return std::ranges::all_of(name, fits) && name.front() >= 'A';
}

bool is_environment(std::string_view body) {
  return !is_markup(body) && any_line(body, is_assignment);
}

bool is_server_status(std::string_view body) {
  return holds(body, "Apache Server Status for") || holds(body, "Total accesses:") ||
         (body.starts_with("Active connections:") && holds(body, "server accepts handled requests"));
}

}  // namespace

std::span<const ProbedPath> probed_paths() {
  return kPaths;
}

bool is_directory_list(std::string_view body) {
  return holds(body, "<title>Index of /") || holds(body, "<h1>Index of /") ||
         holds(body, "<title>Directory listing for /") || holds(body, "[To Parent Directory]");
}

bool shows(std::string_view id, const PageSeen& page, const PageSeen& nowhere) {
  if (page.status != 200) return false;
  if (nowhere.status == 200 && nowhere.body == page.body) return false;
  if (id == "exposed-metrics") return is_metrics(page.body);
  if (id == "exposed-pprof") return is_profiler(page.body);
  if (id == "exposed-git") return is_git_head(page.body);
  if (id == "exposed-env") return is_environment(page.body);
  if (id == "exposed-server-status") return is_server_status(page.body);
  return id == "exposed-directory" && is_directory_list(page.body);
}

}  // namespace picket::security
