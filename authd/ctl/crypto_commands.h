// `authctl crypto ...`: the keys that seal secrets in the database.
#pragma once

#include "authd/ctl/terminal.h"
#include "authd/ctl/workplace.h"

namespace picket::authd {

/// A new sealing key that opens and does not seal yet.
Result<int> crypto_add_key(Workplace& place, const CtlArguments& args, Terminal& terminal);
/// Makes `key_id` the key that seals, when it is given; then seals everything anew with the one that does.
Result<int> crypto_rotate(Workplace& place, const CtlArguments& args, Terminal& terminal);
/// The keys that seal nothing are the database's from now on, whichever it was used with before.
Result<int> crypto_accept_keys(Workplace& place, const CtlArguments& args, Terminal& terminal);
Result<int> crypto_verify(Workplace& place, const CtlArguments& args, Terminal& terminal);

}  // namespace picket::authd
