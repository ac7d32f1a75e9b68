"""How everything is worked out, declared: text, formula, reference, and a worked example that runs the same code.

Found by looking (`found(Method, "geodata.methods")`); the Methods page and docs/methods.md are written from it.
"""
