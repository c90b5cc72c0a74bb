// Comma-separated values (RFC 4180): a first line with the names of the columns.
#include <algorithm>
#include <array>
#include <optional>

#include "authd/import/raw_user.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::array<std::string_view, 6> kColumns{"username", "email", "role",
                                                   "status",   "phone", "password_hash"};

struct Record {
  int line = 0;
  std::vector<std::string> fields;
};

/// One record after the other; a quoted field may hold commas, quotes (doubled) and line breaks.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  /// Nothing at the end of the text. Blank lines are passed over.
  std::optional<Result<Record>> next() {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) step();
    if (at_ >= text_.size()) return std::nullopt;
    began_ = line_;
    Record record{began_, {}};
    while (true) {
      auto field = read_field();
      if (!field) {
        skip_line();
        return Result<Record>(fail(field));
      }
      record.fields.push_back(std::move(*field));
      if (at_ >= text_.size() || text_[at_] != ',') break;
      step();
    }
    return Result<Record>(std::move(record));
  }
  int line() const { return began_; }  ///< where the last record began

 private:
  void step() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }
  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n') step();
  }
  Result<std::string> read_field() {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string field(trim(text_.substr(at_, end - at_)));
    at_ = end;
    if (field.find('"') != std::string::npos) {
      return fail(ErrorKind::InvalidInput, "a quote within a field: the whole field must be quoted");
    }
    return field;
  }
  Result<std::string> read_quoted() {
    const int began = line_;
    std::string field;
    for (step(); at_ < text_.size(); step()) {
      if (text_[at_] != '"') {
        field += text_[at_];
        continue;
      }
      step();
      if (at_ < text_.size() && text_[at_] == '"') {
        field += '"';
        continue;
      }
      if (at_ < text_.size() && text_.find_first_of(",\r\n", at_) != at_) {
        return fail(ErrorKind::InvalidInput, "text after a closing quote");
      }
      return field;
    }
    return fail(ErrorKind::InvalidInput, fmt::format("the quote of line {} is never closed", began));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int began_ = 1;
};

std::string* field_of(RawUser& raw, std::string_view column) {
  const std::array<std::string*, kColumns.size()> fields{&raw.username, &raw.email, &raw.role,
                                                         &raw.status,   &raw.phone, &raw.password_hash};
  const auto* const found = std::ranges::find(kColumns, column);
  return found == kColumns.end() ? nullptr : fields[static_cast<std::size_t>(found - kColumns.begin())];
}

/// False when it is no header; then the problems say why.
bool check_head(const Record& head, UserCheck& check) {
  bool fine = true;
  const auto object = [&](std::string text) {
    check.problem(head.line, std::move(text));
    fine = false;
  };
  RawUser raw;
  for (const std::string& column : head.fields) {
    if (field_of(raw, column) == nullptr) {
      object(fmt::format(
          "the first line names the columns; \"{}\" is none: username, email, role, status, phone, "
          "password_hash are",
          truncate(column, 64)));
    } else if (std::ranges::count(head.fields, column) > 1) {
      object(fmt::format("the column {} is there twice", column));
    }
  }
  for (const std::string_view needed : {"username", "email"}) {
    if (std::ranges::find(head.fields, needed) == head.fields.end()) {
      object(fmt::format("the first line must name the column {}", needed));
    }
  }
  return fine;
}

void take_record(const std::vector<std::string>& head, const Record& record, UserCheck& check) {
  if (record.fields.size() != head.size()) {
    return check.problem(record.line,
                         fmt::format("{} fields, but {} columns", record.fields.size(), head.size()));
  }
  RawUser raw;
  raw.line = record.line;
  for (std::size_t i = 0; i < head.size(); ++i) *field_of(raw, head[i]) = record.fields[i];
  check.take(raw);
}

}  // namespace

void read_csv(std::string_view text, UserCheck& check) {
  CsvReader reader(text);
  const auto head = reader.next();
  if (!head) return;
  if (!*head) return check.problem(1, head->error().message);
  if (!check_head(**head, check)) return;
  for (auto record = reader.next(); record; record = reader.next()) {
    if (*record) {
      take_record((*head)->fields, **record, check);
    } else {
      check.problem(reader.line(), record->error().message);
    }
  }
}

}  // namespace picket::authd
