"""Drafts of boundaries at work: the plan that the steps give, what a change moves, the way to be in force."""
