"""Two towers that learn from the shop's own items, by a contrast (survey figure 1, CLIP).

``space`` is what others open, ``settings`` what they may set. What is learned from: ``reading``, ``examples``,
``labels``. How: ``two_towers`` (the model and its training), ``objective`` (its loss), ``hard_batches``. What comes
upon the finished towers: ``onto`` (how one more learns), ``sketching`` (finer pictures), ``further`` (attributes,
behaviour, features that somebody else computed).
"""
