"""How each school could be connected, powered and equipped: options, what stands against each, and what each costs."""
