"""Databases as released versions made them, one a kind of store: what later migrations are tested from.

    python -m tests.snapshots.make 0.1.0

ingests the invented sample with the present code and dumps the result. A snapshot is never made again.
"""
