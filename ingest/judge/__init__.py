"""Judgements of a text, each with the words that caused it."""
