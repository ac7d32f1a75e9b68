"""The parts of the home page: what is here, what is not known, and what to do next. Each is worked out from the data."""
