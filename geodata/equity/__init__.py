"""The fairness audit: who is left out, by group and by place, and whether a ranking repeats it (methods, section 5)."""
