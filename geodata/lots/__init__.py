"""Lots: a plan cut into parts that can be tendered, their two editions, and the bids that come back."""
