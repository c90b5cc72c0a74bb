// authctl: standard input and output; everything else is in authctl.cc.
#include <iostream>

#include "authd/ctl/authctl.h"

int main(int argc, char** argv) {
  picket::authd::Terminal terminal{std::cin, std::cout, std::cerr};
  return picket::authd::run_authctl(argc, argv, terminal);
}
