#include "authd/store/columns.h"

#include "base/text/strings.h"

namespace picket::authd {

sql::Value words(const std::vector<std::string>& list) {
  return join(list, " ");
}

std::vector<std::string> words_at(const sql::Row& row, std::size_t column) {
  const std::string joined = row.text(column);
  std::vector<std::string> list;
  for (const std::string_view word : split(joined, ' ')) {
    if (!word.empty()) list.emplace_back(word);
  }
  return list;
}

Result<bool> won(const Result<std::int64_t>& changed) {
  if (!changed) return fail(changed);
  return *changed == 1;
}

}  // namespace picket::authd
