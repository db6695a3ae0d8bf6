"""Several parts of a request -> one vector: words, a picture, and what is to be different from it.

``query`` is what others open: the weighted sum of the parts; ``settings`` is what they may set. Two learned ways to
join a picture and a change in its place: ``combiner``, which learns on the ``triplets`` of the catalog, and
``inversion``, a picture said as a word. ``traits`` is what values of attributes look like in the space.
"""
