// `authctl audit ...`: who did what, and whether the log is as it was written.
#pragma once

#include "authd/ctl/terminal.h"
#include "authd/ctl/workplace.h"

namespace picket::authd {

/// Exit status 1 when the chain is broken: the number of the first bad row is told.
Result<int> audit_verify(Workplace& place, const CtlArguments& args, Terminal& terminal);
/// After a restore: the log as it is counts from now on.
Result<int> audit_accept(Workplace& place, const CtlArguments& args, Terminal& terminal);
Result<int> audit_export(Workplace& place, const CtlArguments& args, Terminal& terminal);  ///< JSON lines
Result<int> audit_query(Workplace& place, const CtlArguments& args, Terminal& terminal);

}  // namespace picket::authd
