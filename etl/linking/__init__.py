"""The same school in two sources: names made comparable in any script, candidates, scores, one partner each, a person's decisions."""
