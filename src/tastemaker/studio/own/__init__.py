"""The shop's own picture engine: a small diffusion that mends what the compositor has laid.

settings   what can be told
crops      a candidate of the compositor as layers at 112 pixels, and a correction of them back at the photo's size
network    the denoiser: crop and product tokens side by side
lessons    what it learns from: exact pairs of the demo shop, or the shop's own cut-outs, disturbed
model      training, held-out score, drawing, storage
engine     what the router asks
"""
