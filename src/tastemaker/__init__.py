"""Tastemaker: a multimodal generative recommender.

One catalog, one id, one contract from raw pictures to recommendations, search, chat and pictures.
"""
