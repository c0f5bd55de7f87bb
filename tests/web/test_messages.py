"""Every text is there in Dutch, none is left over, and what is compiled is what the fragments say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import messages


def test_every_text_has_its_dutch() -> None:
    problems = messages.check()
    assert problems.missing == []
    assert problems.fuzzy == []
    assert problems.wrong == []


def test_no_translation_is_left_over() -> None:
    assert messages.check().unused == []


def test_the_compiled_catalogue_is_what_the_fragments_give() -> None:
    text, compiled = messages.made(messages.merge(messages.read()))
    folder = messages.FRAGMENTS / "LC_MESSAGES"
    assert (folder / "django.po").read_bytes() == text, "run `python -m tools.messages`"
    assert (folder / "django.mo").read_bytes() == compiled, "run `python -m tools.messages`"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    pages = tmp_path / "web" / "templates" / "web"
    pages.mkdir(parents=True)
    (pages / "page.html").write_text(
        '{% load i18n %}<p title="it\'s">{% translate "Found" %}</p>\n'
        "   {% blocktranslate trimmed count n=n %}\n  one {{ what }}\n{% plural %} {{ n }} of {{ what }}\n"
        "{% endblocktranslate %}\n"
    )
    (tmp_path / "web" / "view.py").write_text(
        "from django.utils.translation import gettext as _, gettext_lazy\n"
        'A = _("Asked {who}")\nB = gettext_lazy("two "\n    "parts")\n'
    )
    return tmp_path


def test_texts_are_found_in_pages_and_in_python(house: Path) -> None:
    assert {key[1] for key in messages.used(house)} == {"Found", "one %(what)s", "Asked {who}", "two parts"}


def test_what_is_wrong_is_named(house: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nl"
    folder.mkdir()
    (folder / "a.po").write_text(
        'msgid "Found"\nmsgstr "Gevonden"\n\nmsgid "Asked {who}"\nmsgstr "Vroeg {wie}"\n\n'
        'msgid "Old"\nmsgstr "Oud"\n\n#, fuzzy\nmsgid "two parts"\nmsgstr "twee"\n'
    )
    (folder / "b.po").write_text('msgid "Found"\nmsgstr "Aangetroffen"\n')
    problems = messages.check(folder, house)
    assert len(problems.missing) == 1 and "one %(what)s" in problems.missing[0]
    assert problems.unused == ["a.po: 'Old'"]
    assert problems.fuzzy == ["a.po: 'two parts'"]
    assert len(problems.wrong) == 2
