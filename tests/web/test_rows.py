"""The row of a signal: one card a duplicate group, with its reasons, in a constant number of queries."""

from __future__ import annotations

from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from ingest.models import Version
from search.analysis import query
from tests.conftest import Store
from tests.web import found
from web.rows import rows


def test_a_group_is_one_card_that_counts_its_reports_and_owners(store: Store) -> None:
    first = found.store("Storing bij waterbedrijf", by="paper")
    copy = found.store("Storing bij waterbedrijf", by="wire", duplicate_of=first)
    found.report(first, "radio")
    found.source("twin", owner="radio")
    found.report(copy, "twin")
    made = rows([copy.pk, first.pk])
    assert [row.id for row in made] == [copy.pk], "the first that is asked for stands for its group"
    row = made[0]
    assert (row.group, row.reports, row.owners) == (first.pk, 4, 3), "twin belongs to radio"
    assert row.source == "wire" and row.also == ("paper", "radio", "twin")
    assert rows([]) == [] and rows([9_999]) == []


def test_reasons_and_hits_are_marked_apart_and_text_of_sources_is_escaped(store: Store) -> None:
    signal = found.store("DDoS-aanval <b>legt</b> bank plat", "Een ransomware aanval treft de bank.")
    found.judge(signal)
    row = rows([signal.pk], found=query("bank").core)[0]
    assert "&lt;b&gt;legt&lt;/b&gt;" in row.title and "<b>" not in row.title
    assert "<mark>bank</mark>" in row.title and "<mark>bank</mark>" in row.excerpt
    assert '<span class="why">' in row.title and '<span class="why">' in row.excerpt
    assert row.domains[0] == "cyber"
    why = next(each for each in row.why if each.name == "cyber")
    assert any("ransomware" in word.lower() for word in why.words)


def test_what_a_person_overruled_or_other_content_had_marks_nothing(store: Store) -> None:
    signal = found.store("Ransomware treft ziekenhuis", "Een ransomware aanval met gijzelsoftware.")
    judgement = found.judge(signal)
    assert "cyber" in signal.domains
    signal.domains = ["health"]
    signal.save()
    assert not [each for each in rows([signal.pk])[0].why if each.name == "cyber"]
    judgement.content_hash = "f" * 32
    judgement.save()
    assert rows([signal.pk])[0].why == () and 'class="why"' not in rows([signal.pk])[0].title


def test_queries_do_not_grow_with_rows(store: Store) -> None:
    made = [found.store(f"Bericht {number}", by=f"paper{number}") for number in range(30)]
    for number in range(0, 30, 3):
        made[number + 1].duplicate_of = made[number]
        made[number + 1].save()
    with CaptureQueriesContext(connection) as few:
        assert len(rows([made[0].pk, made[1].pk])) == 1
    with CaptureQueriesContext(connection) as many:
        assert len(rows([each.pk for each in made])) == 20
    assert len(many) == len(few) <= 8


def test_a_row_shows_versions_grade_parts_and_only_safe_addresses(store: Store) -> None:
    signal = found.store("Titel", by="desk", parts={"CW": "near", "NL": "direct", "AW": "indirect"})
    Version.objects.create(signal=signal, content_hash="2" * 32, as_of=signal.seen, title="Eerder")
    signal.url = "javascript:alert(1)"
    signal.save()
    analyst = User.objects.create_user("analyst@example.org", role="analyst")
    row = rows([signal.pk], viewer=analyst)[0]
    assert (row.version, row.grade, row.url, row.correctable) == (2, "B", "", True)
    assert row.parts == (("NL", "direct"), ("CW", "near"))
    html = render_to_string("web/parts/row.html", {"row": row})
    assert 'lang="nl"' in html and "javascript:" not in html and f'id="s{signal.pk}"' in html
