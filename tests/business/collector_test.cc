// What /metrics shows of results.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/metrics/exposition.h"
#include "exporters/business/exposition/business_collector.h"

namespace picket::business {
namespace {

constexpr int kSeries = 10'000;

QueryStatus large_result() {
  auto query = std::make_shared<QueryConfig>();
  query->name = "stock";
  MetricConfig stock;
  stock.name = "app_stock";
  stock.help = "Stock.";
  stock.labels = {"product"};
  MetricConfig orders = stock;
  orders.type = MetricType::Histogram;
  orders.name = "app_orders";
  orders.buckets = {1, 2};
  query->metrics = {stock, orders};
  auto result = std::make_shared<QueryResult>();
  result->metrics.resize(2);
  for (int i = 0; i < kSeries; ++i) {
    result->metrics[0].samples.push_back({{fmt::format("p{}", i)}, i + 0.5});
    result->metrics[1].histograms.push_back({{fmt::format("p{}", i)}, {1, 1, 0}, 3});
  }
  QueryStatus status;
  status.config = query;
  status.result = result;
  status.durations.counts = {0};
  return status;
}

// A scrape of a large result is sent while it is written: no step has all of it in memory.
TEST(BusinessCollector, WritesALargeResultInParts) {
  const QueryStatus status = large_result();
  BusinessCollector collector({.queries = [&] { return std::vector<QueryStatus>{status}; },
                               .lanes = [] { return std::vector<LaneStatus>{}; }});
  const std::unique_ptr<Collection> collection = collector.collect();
  ExpositionWriter writer(ExpositionFormat::Text004, {});
  std::string all;
  std::size_t largest = 0;
  for (bool more = true; more;) {
    more = collection->step(writer);
    largest = std::max(largest, writer.out().size());
    all += writer.out();
    writer.out().clear();
  }
  EXPECT_LT(largest, all.size() / 5);
  const std::string own = metrics_text(status);
  EXPECT_EQ(all.substr(0, own.size()), own);
  EXPECT_NE(own.find("app_stock{product=\"p9999\"} 9999.5\n"), std::string::npos);
  EXPECT_NE(own.find("app_orders_count{product=\"p9999\"} 2\n"), std::string::npos);
}

}  // namespace
}  // namespace picket::business
