"""Measured figures: each is a ratio of two times of one run, so that a slow or busy machine cancels out."""
