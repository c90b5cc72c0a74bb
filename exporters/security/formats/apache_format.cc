#include <algorithm>
#include <array>
#include <string>

#include "base/text/strings.h"
#include "exporters/security/formats/access_format.h"
#include "exporters/security/formats/format_text.h"

namespace picket::security {
namespace {

struct Named {
  std::string_view name, format;
};
// As Debian's apache2.conf has them, but for the sizes: those are numbers in any case.
constexpr std::array kNamed{
    Named{"common", R"(%h %l %u %t "%r" %>s %O)"},
    Named{"combined", R"(%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i")"},
    Named{"combinedio", R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O)"},
    Named{"vhost_combined", R"(%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i")"},
};

struct Directive {
  char letter;
  Shape shape;
  Role role = Role::None;
};
constexpr std::array kDirectives{
    Directive{'h', Shape::Word, Role::Peer},
    Directive{'a', Shape::Word, Role::Peer},
    Directive{'l', Shape::Word},
    Directive{'u', Shape::Text, Role::User},
    Directive{'t', Shape::Bracket, Role::Time},
    Directive{'r', Shape::Text, Role::Request},
    Directive{'s', Shape::Word, Role::Status},
    Directive{'b', Shape::Word, Role::BodyBytesSent},
    Directive{'B', Shape::Word, Role::BodyBytesSent},
    Directive{'O', Shape::Word, Role::BytesSent},
    Directive{'I', Shape::Word, Role::BytesReceived},
    Directive{'S', Shape::Word},
    Directive{'D', Shape::Word},
    Directive{'T', Shape::Word},
    Directive{'v', Shape::Word},
    Directive{'V', Shape::Text, Role::Host},
    Directive{'m', Shape::Word, Role::Method},
    Directive{'U', Shape::Text, Role::Path},
    Directive{'q', Shape::Text, Role::Query},
    Directive{'H', Shape::Word},
    Directive{'p', Shape::Word},
    Directive{'P', Shape::Word},
    Directive{'A', Shape::Word},
    Directive{'k', Shape::Word},
    Directive{'L', Shape::Word},
    Directive{'R', Shape::Word},
    Directive{'X', Shape::Word},
    Directive{'f', Shape::Text},
    Directive{'i', Shape::Text},
    Directive{'o', Shape::Text},
    Directive{'e', Shape::Text},
    Directive{'n', Shape::Text},
    Directive{'C', Shape::Text},
    Directive{'c', Shape::Text},
    Directive{'x', Shape::Text},
};

Role role_of_header(std::string_view name) {
  if (iequals(name, "Referer")) return Role::Referer;
  if (iequals(name, "User-Agent")) return Role::UserAgent;
  return iequals(name, "Host") ? Role::Host : Role::None;
}

/// %{...}t: numbers, or a time in strftime's words. One that is not known is passed over.
void shape_time(std::string_view form, Slot& slot) {
  for (const std::string_view when : {"begin:", "end:"}) {
    if (form.starts_with(when)) form.remove_prefix(when.size());
  }
  slot.shape = Shape::Word;
  slot.role = Role::None;
  if (form == "sec") slot.role = Role::UnixSeconds;
  if (form == "msec") slot.role = Role::UnixMillis;
  if (form == "usec") slot.role = Role::UnixMicros;
  if (form == "%d/%b/%Y:%H:%M:%S %z") slot.shape = Shape::Local;
  if (form == "[%d/%b/%Y:%H:%M:%S %z]") slot.shape = Shape::Bracket;
  const bool is_iso = form == "%Y-%m-%dT%H:%M:%S%z" || form == "%FT%T%z";
  if (slot.shape != Shape::Word || is_iso) slot.role = Role::Time;
  if (slot.role == Role::None && form.find(' ') != std::string_view::npos) slot.shape = Shape::Text;
}

void shape_slot(std::string_view argument, char letter, Slot& slot) {
  const auto* const known = std::ranges::find(kDirectives, letter, &Directive::letter);
  slot.shape = known == kDirectives.end() ? Shape::Text : known->shape;
  slot.role = known == kDirectives.end() ? Role::None : known->role;
  if (argument.empty()) return;
  if (letter == 'i') slot.role = role_of_header(argument);
  if (letter == 't') shape_time(argument, slot);
  if (letter == 'a' || letter == 'h') slot.role = Role::None;  // %{c}a is not the client behind mod_remoteip
}

class ApacheCompiler {
 public:
  explicit ApacheCompiler(std::string_view text) : text_(text), builder_(Escapes::Apache) {}

  Result<LineFormat> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool has_more = at_ + 1 < text_.size();
      if (c == '%' && (!has_more || text_[at_ + 1] != '%')) {
        if (const Result<void> taken = take_directive(); !taken) return fail(taken);
        continue;
      }
      if ((c == '\\' || c == '%') && has_more) ++at_;
      builder_.add_literal(c == '\\' && has_more ? literal_escape(text_[at_]) : text_[at_]);
      ++at_;
    }
    return builder_.take();
  }

 private:
  Result<void> take_directive() {
    const std::size_t begin = at_;
    const std::size_t modifiers_end = text_.find_first_not_of("<>!,0123456789", begin + 1);
    at_ = std::min(modifiers_end, text_.size());
    std::string_view argument;
    if (at_ < text_.size() && text_[at_] == '{') {
      const std::size_t close = text_.find('}', at_);
      if (close == std::string_view::npos) return bad_format(begin, "the bracket of %{ is not closed");
      argument = text_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
    }
    if (at_ < text_.size() && text_[at_] == '^') at_ = std::min(at_ + 2, text_.size());  // %{...}^ti, %^FB
    if (at_ >= text_.size()) return bad_format(begin, "a % without a directive");
    const char letter = text_[at_++];
    const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (!is_letter) return bad_format(begin, "a % without a directive");
    Slot slot{.name = std::string(text_.substr(begin, at_ - begin)), .at = begin, .literal = {}};
    shape_slot(argument, letter, slot);
    builder_.add(std::move(slot));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  FormatBuilder builder_;
};

}  // namespace

Result<LineFormat> compile_apache_format(std::string_view format) {
  const auto* const named = std::ranges::find(kNamed, format, &Named::name);
  return ApacheCompiler(named == kNamed.end() ? format : named->format).run();
}

}  // namespace picket::security
