"""What neighbouring schools can build together: fibre trees, towers, satellite bundles, and what is saved by it."""
