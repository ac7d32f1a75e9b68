"""Predicted answers of schools that nobody reported: fitted, tested on whole districts, and used only with proven skill."""
