// The frame of every page: one style sheet, allowed by its hash, no script, nothing from elsewhere. Pieces of
// forms escape what they are given. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"

namespace picket::authd {

/// HTML that is whole and escaped already.
struct Html {
  std::string text{};
  Html& operator+=(const Html& more) {
    text += more.text;
    return *this;
  }
};
Html operator+(Html left, const Html& right);

struct Page {
  std::string title{};
  Html body{};
  int status = 200;
  std::vector<std::string>
      form_targets{};  ///< origins, besides ours, that a form may end at after a redirect
};

/// `site` is the name that the operator gave. Says what the page may load, and where it may post to; the
/// other fields for browsers come from Front.
Response render(std::string_view site, const Page& page);

Html heading(std::string_view text);
Html paragraph(std::string_view text);
/// What went wrong or well, announced to screen readers.
Html alert(std::string_view text);
Html notice(std::string_view text);
Html link(std::string_view href, std::string_view text);

struct Field {
  std::string_view label;
  std::string_view name;
  std::string_view type = "text";
  std::string_view autocomplete = "off";
  std::string_view hint = {};
  std::string_view value = {};
  bool focus = false;
  bool numeric = false;  ///< a phone shows digits
};
Html input(const Field& field);
Html hidden(std::string_view name, std::string_view value);
/// Tells password managers whose password it is; nobody sees it.
Html account_name(std::string_view username);
Html checkbox(std::string_view name, std::string_view label);
Html button(std::string_view label);
Html quiet_button(std::string_view label);
/// A form that posts to `action`.
Html form(std::string_view action, const Html& content);
/// Rows of cells; the cells are HTML.
Html table(const std::vector<std::string>& head, const std::vector<std::vector<Html>>& rows);
Html text_of(std::string_view text);

}  // namespace picket::authd
