#include "tests/e2e/authd/mutations.h"

#include <fmt/format.h>

#include <array>

#include "base/text/escape.h"

namespace picket::test {
namespace {

using nlohmann::json;
using Setting = Mutations::Setting;

constexpr std::array kQueryNames{"user",  "action", "limit", "after",  "before", "from", "to",      "rd",
                                 "token", "role",   "ip",    "result", "status", "x",    "resource"};
constexpr std::array kFormNames{"username",  "password",  "code",          "method",       "methods",
                                "challenge", "rd",        "token",         "current",      "next",
                                "id",        "csrf",      "remember",      "remember_for", "grant_type",
                                "scope",     "client_id", "client_secret", "number"};
constexpr std::array kMethods{"GET",    "HEAD",    "POST",  "PUT", "PATCH",
                              "DELETE", "OPTIONS", "TRACE", "get", "X"};
constexpr std::array kTypes{"application/json",
                            "application/x-www-form-urlencoded",
                            "text/plain",
                            "application/json; charset=utf-16",
                            "",
                            "multipart/form-data; boundary=x"};

const std::vector<std::string>& hostile() {
  static const std::vector<std::string> texts{"",
                                              "x",
                                              "' OR 1=1--",
                                              "%",
                                              "../../etc/passwd",
                                              std::string("a\0b", 3),
                                              "a\r\nSet-Cookie: x=y",
                                              "\xff\xfe",
                                              "\xe2\x80\xa8",
                                              "\xf0\x9f\x98\x80",
                                              "{}",
                                              "*",
                                              "me",
                                              "-1",
                                              "0",
                                              "9223372036854775807",
                                              "18446744073709551616",
                                              "1e400",
                                              "192.0.2.0/24",
                                              "192.0.2.0/99",
                                              "::/0",
                                              "users:*",
                                              "totp",
                                              "email",
                                              "sms",
                                              "backup_code",
                                              "cookie",
                                              "client_credentials",
                                              "user",
                                              "owner",
                                              "2026-01-01T00:00:00Z",
                                              "9999-12-31T23:59:59Z",
                                              "1h",
                                              "999999999999d",
                                              "https://app.example.org/",
                                              "//evil.example",
                                              "prt_AAAA",
                                              "psc_AAAA",
                                              "pak_AAAAAAAAAAAAAAAA_x",
                                              "plc_AAAA",
                                              "a.b.c",
                                              "eyJhbGciOiJub25lIn0.e30.",
                                              "A@example.org",
                                              "+4915112345678",
                                              std::string(300, 'a'),
                                              std::string(5000, '\''),
                                              std::string(2000, '[')};
  return texts;
}

/// Bytes that are no UTF-8, and characters that a limit of 256 bytes would cut.
const std::vector<std::string>& broken_text() {
  static const std::vector<std::string> texts{"\xff",
                                              "Mozilla \xff\xfe",
                                              "\xc3",
                                              "\xc0\xaf",
                                              "\xed\xa0\x80",
                                              "\xf4\x90\x80\x80",
                                              std::string(255, 'a') + "\xc3\xa9",
                                              std::string(254, 'a') + "\xf0\x9f\x98\x80"};
  return texts;
}

/// One request under construction, and the dice it is made with.
class Maker {
 public:
  Maker(std::uint64_t seed, const json& document, const Setting& setting)
      : dice_(seed), document_(document), setting_(setting) {}

  Mutation make() {
    choose_route();
    Mutation mutation{.bytes = {}, .method = chance(5) ? std::string(one_of(kMethods)) : method_};
    const std::string body = has_body() ? body_text() : "";
    const std::string target = path_text() + query_text();
    mutation.bytes = fmt::format("{} {} HTTP/{}\r\n{}\r\n", mutation.method, target,
                                 chance(1) ? "1.0" : "1.1", fields_text(body)) +
                     body;
    mutation.is_broken = chance(8);
    if (mutation.is_broken) break_bytes(mutation.bytes);
    return mutation;
  }

 private:
  std::size_t below(std::size_t bound) { return dice_() % bound; }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <class Values>
  const typename Values::value_type& one_of(const Values& values) {
    return values[below(values.size())];
  }

  void choose_route() {
    const json& paths = document_.at("paths");
    auto path = paths.begin();
    std::advance(path, static_cast<std::ptrdiff_t>(below(paths.size())));
    auto operation = path->begin();
    std::advance(operation, static_cast<std::ptrdiff_t>(below(path->size())));
    pattern_ = path.key();
    method_ = operation.key();
    for (char& c : method_) c = static_cast<char>(c - 'a' + 'A');
    operation_ = *operation;
  }

  bool is_form() const { return pattern_.starts_with("/auth/") || pattern_.starts_with("/oauth2/"); }
  bool has_body() const { return method_ != "GET" && method_ != "DELETE"; }

  std::string path_text() {
    std::string path = pattern_;
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at)) {
      // Who acts on themselves would be worth nothing for the rest.
      const std::string value = chance(60)   ? one_of(setting_.ids)
                                : chance(30) ? percent_encode(one_of(broken_text()))
                                             : percent_encode(one_of(hostile()));
      path.replace(at, path.find('}') - at + 1, value == "me" ? "x" : value);
      ++at;
    }
    if (chance(2)) path += one_of(hostile()).substr(0, 20);
    for (char& c : path) {
      if (c <= ' ' || c == '\x7f') c = '_';
    }
    return path;
  }

  std::string query_text() {
    std::string query;
    // The whole log, time and again, would take longer than all the rest.
    if (pattern_.ends_with("/audit/export")) query += "&after=999999999";
    while (chance(30)) {
      query += fmt::format("&{}={}", one_of(kQueryNames), chance(90) ? percent_encode(text()) : "%zz");
    }
    if (!query.empty()) query.front() = '?';
    return query;
  }

  std::string text() {
    if (chance(25)) return one_of(setting_.names);
    if (chance(15)) return one_of(setting_.ids);
    if (chance(10)) return std::string(one_of(setting_.passwords));
    return one_of(hostile());
  }

  /// Whatever a field may hold: any byte but those that end it.
  std::string field_text() {
    std::string text = chance(50) ? one_of(broken_text()) : one_of(hostile()).substr(0, 400);
    for (char& c : text) {
      if ((c >= 0 && c < ' ') || c == '\x7f') c = '_';
    }
    return text;
  }

  json any_value() {
    switch (below(9)) {
      case 0:
        return nullptr;
      case 1:
        return chance(50);
      case 2:
        return std::int64_t{1} << below(63);
      case 3:
        return -1.5e300;
      case 4:
        return json::array({text(), 1});
      case 5:
        return json{{"a", json{{"b", text()}}}};
      default:
        return text();
    }
  }

  json value_for(const json& schema) {
    if (chance(12)) return any_value();
    if (schema.contains("enum") && chance(80)) return one_of(schema.at("enum"));
    const json type = schema.value("type", json("string"));
    if (type == "boolean") return chance(50);
    if (type == "integer") return static_cast<std::int64_t>(below(400));
    if (type == "array") return json::array({text(), "users:read"});
    if (type == "object") return object_for(schema);
    return text();
  }

  json object_for(const json& schema) {
    json object = json::object();
    if (!schema.contains("properties")) return object;
    for (const auto& [name, property] : schema.at("properties").items()) {
      if (chance(80)) object[name] = value_for(property);
    }
    if (chance(5)) object[one_of(kFormNames)] = any_value();
    return object;
  }

  json schema_of_body() {
    const auto body = operation_.find("requestBody");
    if (body == operation_.end()) return json::object();
    const json& content = body->at("content");
    const std::string reference = content.begin()->at("schema").at("$ref");
    return document_.at("components").at("schemas").at(reference.substr(reference.rfind('/') + 1));
  }

  std::string body_text() {
    if (is_form()) {
      std::string form;
      for (const char* name : kFormNames) {
        if (chance(60)) form += fmt::format("&{}={}", name, percent_encode(text()));
      }
      if (chance(5)) form += "&token=%zz";
      return form.empty() ? form : form.substr(1);
    }
    json schema = schema_of_body();
    if (schema.empty() && chance(80)) return "";
    std::string body = object_for(schema).dump(-1, ' ', false, json::error_handler_t::replace);
    if (chance(4)) body += one_of(hostile());
    if (chance(2)) body = std::string(below(60'000), '[');
    return body;
  }

  std::string fields_text(const std::string& body) {
    HttpHeaders fields = one_of(setting_.callers);
    fields.emplace("Host", "127.0.0.1");
    fields.emplace("X-Forwarded-For", fmt::format("10.{}.{}.{}", below(250), below(250), below(250)));
    const char* type = is_form() ? kTypes[1] : kTypes[0];
    if (has_body()) fields.emplace("Content-Type", chance(5) ? one_of(kTypes) : type);
    if (has_body()) fields.emplace("Content-Length", std::to_string(body.size()));
    if (chance(70)) fields.emplace("Origin", "https://auth.example.org");
    if (pattern_.find("/verify") != std::string::npos || pattern_.find("/envoy") != std::string::npos) {
      fields.emplace("X-Original-URL", "https://app.example.org/" + percent_encode(text()));
      fields.emplace("X-Original-Method", chance(90) ? "GET" : "get");
      fields.emplace("X-Forwarded-Proto", "https");
    }
    if (chance(20)) fields.emplace("User-Agent", field_text());
    if (chance(10)) fields.emplace("Cookie", "__Host-picket_session=" + percent_encode(text()));
    if (chance(5)) fields.emplace("Authorization", "Bearer " + percent_encode(text()));
    if (chance(3)) fields.emplace("Authorization", "Basic " + percent_encode(text()));
    if (chance(3)) fields.emplace("X-API-Key", percent_encode(text()));
    if (chance(3)) fields.emplace("X-Original-URL", percent_encode(text()));
    std::string lines;
    for (const auto& [name, value] : fields) lines += name + ": " + value + "\r\n";
    return lines;
  }

  /// Anywhere, the head and the body.
  void break_bytes(std::string& bytes) {
    for (std::size_t count = 1 + below(4); count > 0 && !bytes.empty(); --count) {
      const std::size_t at = below(bytes.size());
      switch (below(5)) {
        case 0:
          bytes.insert(std::min(bytes.size(), bytes.find("\r\n") + 2), "Transfer-Encoding: chunked\r\n");
          break;
        case 1:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 2:
          bytes.erase(at, 1 + below(20));
          break;
        case 3:
          bytes.insert(at, one_of(hostile()));
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(60)));
      }
    }
  }

  std::mt19937_64 dice_;
  const json& document_;
  const Setting& setting_;
  std::string pattern_, method_;
  json operation_;
};

}  // namespace

Mutation Mutations::make(std::uint64_t number, const Setting& setting) const {
  constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
  return Maker(seed_ + number * kStep, document_, setting).make();
}

}  // namespace picket::test
