"""The tally (汇总): accepted returns and manual adjustments made into ranked and graded tables."""
