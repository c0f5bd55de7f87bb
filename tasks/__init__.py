"""Celery tasks, thin: each calls functions of the rooms and hands on ids.

What is heavy is imported where it runs, so that each process loads only what its own queue needs.
"""
