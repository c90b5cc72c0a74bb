// The requests of tests/security/detection/*.txt as they are sent; hostile_unseen.txt says how a line is read.
// Used by the measure of detection alone.
#pragma once

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/detect/detector.h"
#include "base/text/escape.h"
#include "tests/support/field_lines.h"
#include "tests/support/give_up.h"

namespace picket::security {

struct WireRequest {
  std::string kind;  ///< "sql_injection", "benign"
  std::string line;  ///< of the file, for messages
  std::string first_line = "GET / HTTP/1.1";
  std::string referer = "https://www.example.org/start";
  std::string agent = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0";
  std::string cookie{};

  std::string bytes() const {
    return first_line + "\r\nReferer: " + referer + "\r\nUser-Agent: " + agent +
           (cookie.empty() ? "" : "\r\nCookie: " + cookie) +
           "\r\nHost: www.example.org\r\nConnection: close\r\n\r\n";
  }
};

inline std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file(std::string(PICKET_SOURCE_DIR) + "/tests/security/detection/" + name);
  if (!file) test::give_up("cannot read " + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && !line.starts_with("#")) lines.push_back(line);
  }
  return lines;
}

/// With «HH» as the byte that it stands for.
inline std::string with_bytes(std::string_view text) {
  constexpr std::string_view kOpen = "«", kClose = "»";
  std::string out;
  while (!text.empty()) {
    const std::size_t end = kOpen.size() + 2;
    const bool is_byte =
        text.starts_with(kOpen) && text.substr(std::min(end, text.size())).starts_with(kClose);
    const std::string_view digits = is_byte ? text.substr(kOpen.size(), 2) : "";
    if (is_byte && digits.find_first_not_of("0123456789ABCDEF") == std::string_view::npos) {
      out += static_cast<char>(std::stoi(std::string(digits), nullptr, 16));
      text.remove_prefix(end + kClose.size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

/// `where` and `text` as in the files.
inline WireRequest wire_request(const std::string& kind, const std::string& where, const std::string& text) {
  WireRequest request;
  request.kind = kind;
  request.line = where + " " + text;
  const std::string sent = with_bytes(text);
  if (where == "query") {
    const std::size_t value = sent.find('=') + 1;
    request.first_line = "GET " + sent.substr(0, value) + percent_encode(sent.substr(value)) + " HTTP/1.1";
  } else if (where == "raw") {
    request.first_line = "GET " + sent + " HTTP/1.1";
  } else if (where == "referer") {
    request.referer = sent;
  } else if (where == "agent") {
    request.agent = sent;
  } else if (where == "line") {
    request.first_line = sent;
  } else {
    test::give_up("unknown place of a request: " + request.line);
  }
  return request;
}

/// "WHERE TEXT"
inline WireRequest wire_request(const std::string& kind, const std::string& line) {
  const std::size_t space = line.find(' ');
  return wire_request(kind, line.substr(0, space), line.substr(space + 1));
}

/// Of a file whose lines are "CLASS WHERE TEXT".
inline std::vector<WireRequest> wire_requests(const std::string& name) {
  std::vector<WireRequest> requests;
  for (const std::string& line : lines_of(name)) {
    const std::size_t space = line.find(' ');
    requests.push_back(wire_request(line.substr(0, space), line.substr(space + 1)));
  }
  return requests;
}

/// A field of a log as a request that writes it there. Line ends cannot be sent inside a field of a header:
/// spaces stand for them.
inline WireRequest wire_request(const FieldLine& field) {
  WireRequest request;
  request.kind = field.kind;
  if (field.kind == "scanner")
    request.kind = field.where == FieldKind::UserAgent ? "scanner_agent" : "scanner_path";
  request.line = field.line;
  std::string text = field.field;
  for (char& c : text) {
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  }
  switch (field.where) {
    case FieldKind::Target:
      request.first_line = "GET " + field.field + " HTTP/1.1";
      break;
    case FieldKind::Referer:
      request.referer = text;
      break;
    case FieldKind::UserAgent:
      request.agent = text;
      break;
    case FieldKind::Other:
      request.cookie = text;
      break;
    case FieldKind::Host:
      picket::test::give_up("no line of the data is of the field Host");
  }
  return request;
}

/// The requests of the rules' author.
inline std::vector<WireRequest> requests_of_fields(const std::string& name) {
  std::vector<WireRequest> requests;
  for (const FieldLine& field : field_lines(name)) requests.push_back(wire_request(field));
  return requests;
}

}  // namespace picket::security
