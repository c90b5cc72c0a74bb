// slo_rules: standard output and errors; everything else is in slo_rules.cc.
#include "tools/slo/slo_rules.h"

#include <iostream>

int main(int argc, char** argv) {
  return picket::slo::run_slo_rules(argc, argv, std::cout, std::cerr);
}
