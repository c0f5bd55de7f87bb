"""How a source is doing, in one word and one sentence: measured, decided, and stored."""

from crawlers.health.assessing import assess, history
from crawlers.health.deciding import decide
from crawlers.health.facts import DOWN, SERIOUSNESS, Facts, Fault, Verdict

__all__ = ["DOWN", "SERIOUSNESS", "Facts", "Fault", "Verdict", "assess", "decide", "history"]
