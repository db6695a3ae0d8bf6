"""Tests of the recommenders."""
