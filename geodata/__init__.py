"""What the data mean: pure functions and declarations; no network, no Dash."""
