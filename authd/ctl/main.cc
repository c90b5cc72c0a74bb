// authctl: standard input and output; everything else is in authctl.cc.
#include <unistd.h>

#include <iostream>

#include "authd/ctl/authctl.h"

int main(int argc, char** argv) {
  picket::authd::Terminal terminal{std::cin, std::cout, std::cerr, ::isatty(STDIN_FILENO) == 1};
  return picket::authd::run_authctl(argc, argv, terminal);
}
