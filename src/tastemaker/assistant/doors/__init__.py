"""Doors for language models: behind each one model that reads messages and writes text; nothing else comes through.

door        what every door is, what a turn may cost, what failed
openai      any OpenAI-compatible endpoint
local       a folder with a causal language model of transformers
own         the shop's own multimodal language model
fake        a script, a liar, and one that obeys everything it reads: for tests
proposing   text of a model -> typed actions, or a refusal
vetting     text of a model -> the sentences in it that can be looked up
prompts     what a model is given to read
advising    one turn: ask for actions, then for words; whatever fails leaves the rules' answer

How it holds when the model is deceived: whoever proposes actions has read the person's words and nothing of the
catalog; whoever has read the catalog can only say its values.
"""
