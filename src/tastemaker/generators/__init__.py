"""What could exist: pictures, words and tastes drawn from what the shop sells; ``gan``, ``vae`` and ``diffusion``.

Every variant keeps one contract (:mod:`tastemaker.generators.base`) and learns from the same things
(:mod:`tastemaker.generators.material`): the survey's figures 2, 3 and 4, a file a variant.
"""
