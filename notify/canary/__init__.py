"""The canary: a marked entry that goes the whole way, and the proof that it arrived."""

from __future__ import annotations

from notify.canary.proof import Proof, proof

__all__ = ["Proof", "proof"]
