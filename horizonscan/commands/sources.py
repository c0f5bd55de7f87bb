"""List the sources and their health, check them against the live web, or add one."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from horizonscan.errors import CommandError, UsageError

if TYPE_CHECKING:
    from crawlers.check import Finding
    from crawlers.polls import Job, Poll

_MARK = {"fault": "✗", "warning": "!", "note": "·"}


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="list|check|add", required=True)
    listing = actions.add_parser(
        "list", help="every source: health, since when, evidence, last poll, signals"
    )
    listing.add_argument("--json", action="store_true", help="one JSON object")
    checking = actions.add_parser("check", help="fetch sources once and say what is wrong with them")
    checking.add_argument("slug", nargs="*", metavar="SLUG", help="which (default: all that are enabled)")
    checking.add_argument(
        "--catalogue", metavar="FILE", help="the sources of this catalogue file instead of the stored"
    )
    checking.add_argument("--json", action="store_true", help="one JSON object")
    adding = actions.add_parser("add", help="check a feed's address and store it as a source")
    adding.add_argument("url", metavar="URL")
    adding.add_argument("--name", default="", help="as readers see it (default: the feed's title)")
    adding.add_argument("--slug", default="", help="short name for commands (default: from the address)")
    adding.add_argument(
        "--language", default="", metavar="CODE", help="language it is written in, such as nl"
    )
    adding.add_argument("--country", default="", metavar="CODE", help="ISO 3166")
    adding.add_argument("--zone", default="UTC", help="IANA time zone of dates that name none")
    adding.add_argument(
        "--interval", type=int, default=900, metavar="SECONDS", help="between polls (default 900)"
    )
    adding.add_argument(
        "--domain", action="append", default=[], metavar="ID", help="threat domain it is about"
    )
    adding.add_argument(
        "--rule",
        action="append",
        default=[],
        metavar="KEY=CSS",
        help="a page without a feed: item=…, link=…@href, title=…, date=…, summary=… (once each)",
    )
    adding.add_argument(
        "--allow-host", action="append", default=[], metavar="HOST", help="further host it may use"
    )
    adding.add_argument("--force", action="store_true", help="store it although the check found faults")
    adding.add_argument("--json", action="store_true", help="one JSON object")
    for each in (listing, checking, adding):
        # The command's own --data-dir, also behind the action's name.
        each.add_argument(
            "--data-dir", metavar="DIR", default=argparse.SUPPRESS, help="folder with all state"
        )


def run(args: argparse.Namespace) -> int:
    from horizonscan import store

    store.ready()
    return {"list": _list, "check": _check, "add": _add}[args.action](args)


def _list(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from crawlers.health import assess, history
    from ingest.models import Source

    assess(None, timezone.now())
    past = history() if args.json else {}
    rows: list[dict[str, Any]] = []
    listed = Source.objects.exclude(kind=Source.Kind.CANARY)
    for source in listed.select_related("state", "poll_result", "vitals"):
        state, result = getattr(source, "state", None), getattr(source, "poll_result", None)
        vitals = getattr(source, "vitals", None)
        rows.append(
            {
                "slug": source.slug,
                "name": source.name,
                "url": source.url,
                "kind": source.kind,
                "language": source.language,
                "enabled": source.enabled,
                "health": state.health if state else "new",
                "since": state.health_since.isoformat() if state else None,
                "evidence": state.health_evidence if state else "not polled yet",
                "faults": vitals.faults if vitals else [],
                "history": past.get(source.pk, []),
                "last_polled": state.last_polled.isoformat() if state and state.last_polled else None,
                "next_due": state.next_due.isoformat() if state else None,
                "signals": state.signals if state else 0,
                "tdm_reserved": result.tdm_reserved if result else None,
                "tdm_basis": result.tdm_basis if result else "",
                "tdm_decided": result.tdm_decided.isoformat() if result and result.tdm_decided else None,
            }
        )
    if args.json:
        print(json.dumps({"sources": rows}, ensure_ascii=False))
        return 0
    if not rows:
        print("No sources yet: `horizonscan sources add URL`, or `horizonscan up` for the starter catalogue.")
        return 0
    for row in rows:
        polled = row["last_polled"][:16].replace("T", " ") if row["last_polled"] else "never"
        health = row["health"] if row["enabled"] else "off"
        since = (row["since"] or "")[:10]
        feed_only = (
            "  [feed only: TDM reserved]" if row["tdm_reserved"] and row["health"] != "reserved" else ""
        )
        figures = f"since {since}  polled {polled:<16}  {row['signals']:>5} signals"
        print(f"{health:<8} {figures}  {row['slug']}: {row['evidence']}{feed_only}")
    return 0


def _jobs(args: argparse.Namespace) -> list[Job]:
    """What is to be checked: unconditional requests, whatever the stored state says."""
    from crawlers.polls import Job
    from ingest.catalogue import CatalogueError, read, values_of
    from ingest.models import Source

    if args.catalogue:
        try:
            rows = read(Path(args.catalogue))
        except CatalogueError as error:
            raise CommandError(str(error)) from None
        known = {row["slug"]: values_of(row) for row in rows}
    else:
        known = {
            source.slug: {
                name: getattr(source, name)
                for name in ("url", "kind", "language", "allowed_hosts", "spider", "enabled")
            }
            for source in Source.objects.exclude(url="").exclude(kind=Source.Kind.CANARY)
        }
    missing = [slug for slug in args.slug if slug not in known]
    if missing:
        raise UsageError(f"no source {missing[0]!r} with an address; `horizonscan sources list` shows them")
    chosen = args.slug or [slug for slug, values in known.items() if values.get("enabled", True)]
    return [
        Job(
            source_id=number,
            slug=slug,
            url=known[slug]["url"],
            kind=known[slug].get("kind") or "feed",
            language=known[slug].get("language") or "",
            allowed_hosts=tuple(known[slug].get("allowed_hosts") or ()),
            spider=known[slug].get("spider") or {},
        )
        for number, slug in enumerate(chosen, start=1)
    ]


def _fetched(jobs: Sequence[Job], say: Any) -> list[tuple[Poll, list[Finding]]]:
    """Polls and judges the jobs, with a progress bar on a terminal; `say` is called with each as it comes."""
    from django.utils import timezone
    from tqdm import tqdm

    from crawlers import checking
    from crawlers.check import judge

    found: list[tuple[Poll, list[Finding]]] = []
    with tqdm(total=len(jobs), unit="source", disable=not sys.stderr.isatty() or len(jobs) < 2) as bar:

        def done(poll: Poll) -> None:
            findings = judge(poll.job, poll, timezone.now())
            found.append((poll, findings))
            bar.update()
            with bar.external_write_mode():
                say(poll, findings)

        checking.fetch(jobs, done)
    return found


def _line(poll: Poll, findings: Sequence[Finding]) -> None:
    from crawlers.check import works

    print(f"{poll.job.slug}: {'works' if works(findings) else 'does not work'}")
    for finding in findings:
        print(f"  {_MARK[finding.level]} {finding.text}")


def _report(poll: Poll, findings: Sequence[Finding]) -> dict[str, Any]:
    from crawlers.check import works

    return {
        "slug": poll.job.slug,
        "url": poll.job.url,
        "works": works(findings),
        "status": poll.status,
        "bytes": poll.size,
        "ms": poll.ms,
        "findings": [{"code": f.code, "level": f.level, "text": f.text} for f in findings],
    }


def _check(args: argparse.Namespace) -> int:
    jobs = _jobs(args)
    found = _fetched(jobs, (lambda *_: None) if args.json else _line)
    reports = sorted((_report(*each) for each in found), key=lambda report: report["slug"])
    broken = [report["slug"] for report in reports if not report["works"]]
    if args.json:
        print(
            json.dumps(
                {"checked": len(reports), "broken": len(broken), "sources": reports}, ensure_ascii=False
            )
        )
    else:
        print(f"{len(reports)} checked, {len(broken)} do not work")
    return 1 if broken else 0


def _slug(url: str) -> str:
    parts = urlsplit(url)
    words = re.sub(r"[^a-z0-9]+", "-", f"{parts.hostname or ''}{parts.path}".lower()).strip("-")
    return words.removeprefix("www-")[:100] or "source"


def _rules(words: Sequence[str]) -> dict[str, str]:
    """The rules of a page source from `--rule KEY=CSS` arguments."""
    from crawlers.pages import PageError, check_rules

    pairs = (word.partition("=") for word in words)
    rules = {key.strip(): value.strip() for key, _, value in pairs}
    try:
        check_rules(rules)
    except PageError as error:
        raise UsageError(f"sources add --rule: {error}") from None
    return rules


def _add(args: argparse.Namespace) -> int:
    from django.db import IntegrityError, transaction

    from accounts.audit import record
    from crawlers.check import works
    from crawlers.decide import hosts
    from crawlers.polls import Job
    from ingest.catalogue import problem_of, values_of
    from ingest.judge import taxonomy
    from ingest.models import Source, SourceState

    url = args.url.strip()
    entry: dict[str, Any] = {
        "slug": args.slug or _slug(url),
        "name": args.name or urlsplit(url).hostname or url or "?",
        "url": url,
        "language": args.language,
        "country": args.country,
        "zone": args.zone,
        "interval": args.interval,
        "domains": args.domain,
        "allowed_hosts": args.allow_host,
    }
    if args.rule:
        entry |= {"kind": "page", "spider": _rules(args.rule)}
    problem = problem_of(entry)
    unusable = None if problem else hosts.fetchable(url)
    if unusable:
        problem = (
            f"{url}: {unusable}; give the whole address of a feed, such as https://news.example/feed.xml"
        )
    unknown = sorted(set(args.domain) - set(taxonomy.load().ids))
    if unknown and not problem:
        problem = f"no domain {unknown[0]!r}; there are {', '.join(taxonomy.load().ids)}"
    if problem:
        raise UsageError(f"sources add: {problem}")
    held = Source.objects.filter(url=url).first() or Source.objects.filter(slug=entry["slug"]).first()
    if held is not None:
        raise CommandError(f"there is a source {held.slug!r} with this address or name already ({held.url})")
    values = values_of(entry)
    job = Job(
        source_id=0,
        slug=entry["slug"],
        url=url,
        kind=entry.get("kind", "feed"),
        language=args.language,
        allowed_hosts=values["allowed_hosts"],
        spider=entry.get("spider", {}),
    )
    ((poll, findings),) = _fetched([job], (lambda *_: None) if args.json else _line)
    never = {"private-address", "other-host"}
    usable = works(findings) or (args.force and not never & {finding.code for finding in findings})
    if usable:
        if poll.moved_to:
            values["url"] = poll.moved_to
        if not args.name:
            values["name"] = _title(poll) or values["name"]
        try:
            with transaction.atomic():
                source = Source.objects.create(slug=entry["slug"], **values)
                SourceState.objects.create(source=source)
                record("command line", "source.add", source.slug, url=source.url, forced=not works(findings))
        except IntegrityError:
            raise CommandError(f"there is a source {entry['slug']!r} already") from None
    if args.json:
        print(json.dumps({"added": usable, **_report(poll, findings)}, ensure_ascii=False))
    elif usable:
        print(f"added as {entry['slug']}; the crawler polls it from now on")
    if not usable:
        first = next(finding for finding in findings if finding.level == "fault")
        hint = "; --force stores it all the same: it is then polled, and `status` says when it works"
        raise CommandError(f"not added: {first.text}{'' if never & {f.code for f in findings} else hint}")
    return 0


def _title(poll: Poll) -> str:
    """The feed's own title, in one line."""
    from ingest import formats
    from ingest.entries import FormatError

    try:
        title = formats.parse(poll.body or b"", content_type=poll.content_type or None).title
    except FormatError:
        return ""
    return " ".join(re.sub(r"<[^>]+>", " ", title).split())[:200]
