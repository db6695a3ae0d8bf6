"""Show it: the product on a person, in a room. Cutting out, placing, blending, and judging what came of it."""
