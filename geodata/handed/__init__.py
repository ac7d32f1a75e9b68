"""What a planner hands in to choose schools by: ids typed or in a file (`ids`), or a boundary (`boundary`). Bytes in, ids out."""
