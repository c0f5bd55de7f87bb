"""The canary: a marked entry that goes the whole way, and the proof that it arrived.

`begin` starts one (tasks.canary), the crawler fetches it, ingest stores it, `matched` percolates it and puts
its message into the ledger, the deliverer sends it (then `arrived`) or hands it to `sink`. `watch` notes
where one is, raises the alarm where it is late, and tidies up; `proof` says what was proved last.
"""

from __future__ import annotations

from notify.canary.arriving import arrived, sink
from notify.canary.matching import matched
from notify.canary.proof import Proof, proof
from notify.canary.starting import begin
from notify.canary.watching import tidy, watch

__all__ = ["Proof", "arrived", "begin", "matched", "proof", "sink", "tidy", "watch"]
