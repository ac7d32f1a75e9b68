"""How far each school is from what could connect it: along roads, within sight, to neighbours."""
