"""Building together: fibre trees, sites for several schools, satellite bundles, and what each saves against one by one."""
