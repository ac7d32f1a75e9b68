"""How it is seen: the Dash application over one or more built atlases."""
