"""Which language a text is in, by its words; a feed's own `<language>` is only a hint, because it lies.

py3langid (naive Bayes over byte n-grams, model in its wheel) restricted to the languages that our
sources write. Afrikaans is one of them, else it would be taken for Dutch. It knows no Papiamento.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# fmt: off
LANGUAGES = (
    "nl", "en", "de", "fr", "es", "pt", "it", "af", "da", "no", "sv", "pl", "tr",
    # Told by their script: without them their texts would be taken for one of the others.
    "uk", "ru", "ar", "fa", "ur", "he", "el", "hi", "zh", "ja", "ko",
)
# fmt: on
#: What is read of a text: more costs time and changes nothing (characters).
_ENOUGH = 200
#: Below this many letters the feed's word counts more than ours.
_SHORT = 12
#: So much of a text shows whether it has letters (characters).
_GLANCE = 60
#: Below this probability the hint decides, if it is among the two likeliest.
_SURE = 0.75
#: Short Dutch headlines pass for Afrikaans at up to .8 (68 of 4,000 titles), Afrikaans ones reach .99.
_SURELY_AFRIKAANS = 0.9
_NO_LANGUAGE = re.compile(r"https?://\S+|\bCVE-\d+-\d+\b|[@#]\w+|[\d_]+")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-_]*)?$")
_THREE_LETTERS = {
    "nld": "nl", "dut": "nl", "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es",
    "por": "pt", "ita": "it", "afr": "af", "pap": "pap", "nb": "no", "nn": "no",
}  # fmt: skip


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The model, unpacked once a process (most of a second) and only when a text needs it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    # It keeps the table of all 140 languages for a later change that never comes: 28 MB a process.
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)
    return identifier


def normal(tag: str | None) -> str | None:
    """The language of a tag (`nl-NL`, `NLD`, `en_us`) as ISO 639-1 (Papiamento: `pap`), else None."""
    found = _TAG.match(tag.strip()) if tag else None
    if not found:
        return None
    code = found[1].lower()
    return _THREE_LETTERS.get(code, code if len(code) == 2 else None)


def detect(text: str, hint: str | None = None) -> str | None:
    """The language of `text` (title and lead), ISO 639-1.

    `hint` (a language tag) decides only where the text is too short or fits two languages. Papiamento
    is never detected, only believed where the hint says so. None where there is neither text nor hint.
    """
    said = normal(hint)
    words = _NO_LANGUAGE.sub(" ", text[:_ENOUGH])
    letters = sum(map(str.isalpha, words[:_GLANCE]))
    if letters == 0 or (letters < _SHORT and said):
        return said
    ranked: list[tuple[str, float]] = _identifier().rank(words)
    best, probability = ranked[0]
    if best == "af" and said != "af" and probability < _SURELY_AFRIKAANS:
        best = "nl"
    if said == "pap":
        # Unknown to the model, which then guesses: only a clear Dutch, English or Spanish text is not it.
        return best if best in ("nl", "en", "es") and probability >= _SURE else said
    if said and said != best and probability < _SURE and said in (ranked[1][0], ranked[2][0]):
        return said
    return best
