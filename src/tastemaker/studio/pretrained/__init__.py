"""Showing products with diffusion weights that others trained and the user has: any diffusers pipeline of the map.

``engine`` is what the router finds, ``settings`` what may be set. ``families`` says how a kind of pipeline takes the
photo, the product, the mask and the words; ``licences`` what weights may be used for; ``weights`` looks at a folder,
``loading`` opens it and ``painting`` runs it; ``aligning`` puts back in place what a pipeline without a mask has moved;
``likeness`` looks for the product in what was drawn; ``reading`` stands in for a part that would need torchvision.
"""
