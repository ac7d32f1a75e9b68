"""What connectors of a ministry's own systems share: mapping files, words for suggestions, rows made from answers."""
