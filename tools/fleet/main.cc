// fleet_files: standard output and errors; everything else is in fleet_files.cc.
#include "tools/fleet/fleet_files.h"

#include <iostream>

int main(int argc, char** argv) {
  return picket::fleet::run_fleet_files(argc, argv, std::cout, std::cerr);
}
