"""A large model that others trained, as it is or fine-tuned on the shop's own items.

``space`` is what others open, ``settings`` what they may set. ``fine_tuning`` is one from beginning to end,
with the folder to take away; ``learning`` is what the model learns from, and by which loss.
"""
