"""The shop's own picture engine: a small diffusion that mends what the compositor has laid.

settings   what can be told
crops      a candidate of the compositor as layers at 112 pixels, and a correction of them back at the photo's size
network    the denoiser: convolutions on the crop, its tokens beside those of the product
seeing     how different two colours look, to learn by
pairs      the demo shop's exact pairs as requests with their truth
composing  lessons from a shop's own cut-outs, disturbed
lessons    what it learns from, made in chunks and kept
model      training, held-out score, drawing, storage
engine     what the router asks
"""
