// A password from whoever runs authctl: from somebody at a keyboard by asking twice, without showing what is
// typed; from a program as the first line of its standard input.
#pragma once

#include <string>

#include "authd/ctl/terminal.h"
#include "base/config/secret.h"
#include "base/result/result.h"

namespace picket::authd {

/// `whose` stands in the question. InvalidInput when nothing was typed, the two differ, or there is no line;
/// then nothing was kept.
Result<Secret> read_password(Terminal& terminal, const std::string& whose);

}  // namespace picket::authd
