"""The shop's own multimodal language model: any modality in, any out, one decoder between them.

vocabulary    the shop's words, and marks for what is no word
backbone      any causal language model of transformers
lora          thin matrices beside its frozen ones
adaptors      vectors and pixels -> tokens of the backbone; its hidden states -> vectors
inputs        what is asked, as one row of tokens
outputs       words written, items spelled and found, conditions for what draws
shelf         the items that can be answered with
instructions  the catalog as questions and answers
stages        what learns when
model         all of it, as a generator
"""
