"""The brief on the screen: what the address asks of it, the brief in hand, its files, and Briefing mode."""
