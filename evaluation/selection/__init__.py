"""How a policy is chosen among many by online trials, a bandit or offline estimates, and what that costs."""
