"""The parts of the page Monitor: what the years say, the way to 2030, and what changed between builds."""
