"""Level 6: judges all of it - cases from data, metrics, intervals, the runner, reports.

Nothing here knows how a ranking was made: a method is a function from cases to rankings, so the shop itself, a
recommender and a stranger's code are judged by the same rules.
"""
