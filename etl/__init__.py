"""How data arrive: recipes, sources and the build that turns them into an atlas."""
