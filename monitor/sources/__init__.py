"""Where sound comes from. Every source fills a ring with raw samples at their absolute index."""
