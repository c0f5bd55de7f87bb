"""Starters of the real servers that tests run against; each ends with the test run."""


class Missing(RuntimeError):
    """A server can neither be found by its URL variable nor started here; the message names what is missing."""
