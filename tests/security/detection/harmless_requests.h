// Harmless requests: those of benign.txt, and as many as wanted put together from benign_parts.txt, always the
// same ones. Used by the measure of detection alone.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/security/detection/wire_requests.h"

namespace picket::security {

class HarmlessParts {
 public:
  HarmlessParts() {
    std::vector<std::string>* list = nullptr;
    for (const std::string& line : lines_of("benign_parts.txt")) {
      if (line.starts_with("[") && line.ends_with("]")) {
        list = &lists_[line.substr(1, line.size() - 2)];
      } else {
        list->push_back(line);
      }
    }
  }

  /// "WHERE TEXT"
  std::string next() { return filled(one_of("request")); }

 private:
  const std::string& one_of(const std::string& list) {
    const std::vector<std::string>& entries = lists_.at(list);
    return entries[random_() % entries.size()];
  }

  std::string filled(std::string text) {
    static const std::string open = "‹", close = "›";
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
      const std::size_t name = at + open.size();
      const std::size_t end = text.find(close, name);
      const std::string entry = one_of(text.substr(name, end - name));
      text.replace(at, end + close.size() - at, entry);
      at += entry.size();
    }
    return text;
  }

  std::map<std::string, std::vector<std::string>> lists_;
  std::mt19937 random_{20260105};  // NOLINT(cert-msc51-cpp): the same requests in each run
};

/// Different ones, at least as many as benign.txt has.
inline std::vector<WireRequest> harmless_requests(std::size_t count) {
  std::vector<WireRequest> requests = wire_requests("benign.txt");
  std::set<std::string> lines;
  for (const WireRequest& request : requests) lines.insert(request.line);
  HarmlessParts parts;
  while (requests.size() < count) {
    const std::string line = parts.next();
    if (lines.insert(line).second) requests.push_back(wire_request("benign_parts", line));
  }
  return requests;
}

}  // namespace picket::security
