"""Bytes become signals: formats, text, judgements, identity, the pipeline and the store."""
