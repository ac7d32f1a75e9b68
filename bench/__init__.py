"""How much a national build costs, beside the same work in plain geopandas: `python -m bench`."""
