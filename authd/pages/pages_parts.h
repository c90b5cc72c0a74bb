// What the pages share: base/web's pieces by their names, and what is authd's own.
#pragma once

#include <string>
#include <string_view>

#include "authd/http/front.h"
#include "authd/http/own_account.h"
#include "base/web/form.h"
#include "base/web/layout.h"
#include "base/web/parts.h"
#include "base/web/table.h"

namespace picket::authd {

using web::alert;
using web::button;
using web::checkbox;
using web::form;
using web::heading;
using web::hidden;
using web::Html;
using web::input;
using web::link;
using web::notice;
using web::paragraph;
using web::quiet_button;

/// The frame of the pages, under the name that the operator gave.
web::Site page_site(const FrontConfig& config, const picket::Target& target);
/// The other fields for browsers come from Front.
Response render(const Visit& visit, const web::Page& page);
/// The same for a page of little more than a form.
Response card(const Visit& visit, web::Page page);

/// 303 See Other.
Response see_other(const std::string& where);
/// The token of the session's forms.
Html csrf_field(const Visit& visit);
/// Tells password managers whose password it is; nobody sees it.
Html account_name(std::string_view username);
/// A page that says that something failed, fit for the error.
Response trouble(const Visit& visit, const Error& error);

}  // namespace picket::authd
