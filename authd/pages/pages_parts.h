// What the pages share.
#pragma once

#include <string>

#include "authd/http/front.h"
#include "authd/http/own_account.h"
#include "authd/pages/page.h"

namespace picket::authd {

/// 303 See Other.
Response see_other(const std::string& where);
/// The token of the session's forms.
Html csrf_field(const Visit& visit);
/// A page that says that something failed, fit for the error.
Response trouble(const Visit& visit, const Error& error);

}  // namespace picket::authd
