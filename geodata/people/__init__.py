"""People, not only schools: children by place, what reaches them, and where nothing does (methods, section 7)."""
