"""A plan cut into lots that can be tendered: sites and services for bidders, ranges and risks inside, bids compared."""
