"""Level 3: several modalities -> one space.

``space`` is the contract. Three spaces keep it: ``contrast`` learns from the shop's own items, ``fusion`` looks again
at what the contrast found, ``pretrained`` is a large model that others trained; ``balance`` (with ``hubs``) makes what
they say of words and of pictures comparable. ``language`` is what a shopper's words ask for, ``composing`` makes one
vector of all parts of a request.
"""
