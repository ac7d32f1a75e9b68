"""Saved views and named lists of schools: what is kept, the forms that keep it, and the files that bring ids in."""
