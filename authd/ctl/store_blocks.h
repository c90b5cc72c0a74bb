// BlockDesk straight on authd's store: what is changed here holds at a running authd within a second. Every
// change is audited.
#pragma once

#include <memory>

#include "authd/ctl/block_desk.h"
#include "authd/ctl/workplace.h"

namespace picket::authd {

class StoreBlocks final : public BlockDesk {
 public:
  explicit StoreBlocks(std::unique_ptr<Workplace> place) : place_(std::move(place)) {}

  Result<std::vector<BlockRow>> blocks() override;
  Result<void> block(const NewBlock& block) override;
  Result<void> unblock(const std::string& prefix) override;

 private:
  std::unique_ptr<Workplace> place_;
};

}  // namespace picket::authd
