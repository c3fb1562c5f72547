"""Promises that a person starts or mends by command: a new spelling of a header, a contract from a sample, a pack."""
