"""What a budget buys: who is eligible, what is chosen and when, what that leaves out, and how sure it is.

terms = Terms.of(desk.policy, budget=2_000_000)
plan = make_plan(desk, terms)          # geodata.plan.make
"""
