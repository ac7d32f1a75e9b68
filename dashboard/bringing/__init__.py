"""A register brought in the browser: its file, what its columns and words mean, a try, a build. See `docs/bring.md`.

`door` says who may and where uploads lie; `choices` changes a recipe; `jobs` runs the `firstmile` command; `routes` takes
the files; `live` shows what was built; the other modules draw the steps.
"""
