"""Level 6: contract kits for people who add a method, and the small worlds they run in.

Each kit is a list of clauses and a function that runs them all::

    from tastemaker.testing.recommenders import check_recommender
    check_recommender(lambda: MyMethod())

A broken clause raises :class:`~tastemaker.testing.contract.ContractBroken` with what was expected and what was found.
The project's own methods pass the same kits.
"""
