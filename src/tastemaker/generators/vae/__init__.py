"""An encoder into a small latent and a decoder out of it, learned together. The survey's figure 3."""
