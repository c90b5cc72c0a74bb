// `authctl kdf calibrate`: which password hashes this machine affords. Needs no store.
#pragma once

#include "authd/ctl/ctl_line.h"
#include "authd/ctl/terminal.h"

namespace picket::authd {

Result<int> kdf_calibrate(const CtlArguments& args, Terminal& terminal);

}  // namespace picket::authd
