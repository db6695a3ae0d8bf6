"""Align before fuse: the contrast finds, cross-attention looks again at the first answers (survey figure 1, ALBEF).

``space`` is what others open, ``settings`` what they may set. ``reading`` turns items into what the model takes,
``learning`` trains it, ``matching`` judges pairs with it and weighs what they say, ``precedents`` is the evidence that
needs no training.
"""
