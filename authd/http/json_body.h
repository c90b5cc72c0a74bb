// The JSON object that a request brings, read strictly: every member is asked for by name and has its type,
// what nobody asked for is an error. For one thread.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/http/message.h"
#include "base/result/result.h"

namespace picket::authd {

class JsonBody {
 public:
  /// InvalidInput unless the request says application/json and holds one object (see strict_json.h). An empty
  /// body is the empty object. The type matters: a page of another site can send text/plain unasked.
  static Result<JsonBody> of(const Request& request);

  /// "" when it is absent.
  std::string text(const char* name);
  /// Must be there and not "".
  std::string required(const char* name);
  bool flag(const char* name);
  std::optional<std::int64_t> number(const char* name);
  std::vector<std::string> texts(const char* name);
  /// Every member, for callers who know their own names.
  const nlohmann::json& take_all();

  /// The first thing that was wrong, or a member that nobody asked for.
  Result<void> finish() const;

 private:
  explicit JsonBody(nlohmann::json object) : object_(std::move(object)) {}
  const nlohmann::json* find(const char* name);
  void wrong(const char* name, const char* must);

  nlohmann::json object_;
  std::set<std::string, std::less<>> asked_;
  std::optional<std::string> problem_;
};

}  // namespace picket::authd
