"""One poll from the first request to its end: the site's rules, conditional GET, redirects, pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from crawlers import pages
from crawlers.client import Client, Unanswered
from crawlers.decide import answers, hosts, tdm
from crawlers.polls import Answer, Job, Poll
from crawlers.sites import Sites


async def poll(job: Job, client: Client, sites: Sites, clock: Callable[[], datetime] = timezone.now) -> Poll:
    """Polls one source. Never raises for what the other side does: every end is a Poll."""
    asked = str(job.spider.get("list") or job.url) if job.kind == "page" else job.url
    chain = [asked]
    permanent = True
    moved = ""
    while True:
        url = chain[-1]
        reason = hosts.fetchable(url)
        if reason:
            return _failed(job, clock(), url, reason, blocked=True)
        if not hosts.allowed(url, job.allowed_hosts, job.url):
            return _failed(
                job, clock(), url, f"{hosts.host_of(url)} is not an allowed host of this source", blocked=True
            )
        try:
            answer, rules = await _ask(job, url, client, sites)
        except Unanswered as error:
            return _failed(job, clock(), url, str(error), blocked=error.blocked)
        except _Reserved as error:
            return replace(
                _failed(job, clock(), url, error.decision.basis),
                outcome="reserved",
                reservation=error.decision,
            )
        step = answers.redirect(answer, chain, job)
        if isinstance(step, answers.Hop):
            permanent = permanent and step.permanent
            if permanent:
                moved = step.url
            chain.append(step.url)
            continue
        if isinstance(step, str):
            outcome, _, note = step.partition(": ")
            if outcome not in ("blocked", "consent"):
                outcome, note = "failed", step
            failed = _failed(job, clock(), url, note)
            return replace(failed, outcome=outcome, status=answer.status, ms=answer.ms)
        return _end(job, answer, rules, moved, clock())


class _Reserved(Exception):
    def __init__(self, decision: tdm.Reservation) -> None:
        super().__init__(decision.basis)
        self.decision = decision


async def _ask(job: Job, url: str, client: Client, sites: Sites) -> tuple[Answer, list[tdm.Rule]]:
    """The answer for `url` if the site's rules let us ask."""
    if job.kind == "recorded":
        # A recorded file is served by our own replay server: no site, no rules, no robots.txt.
        return await client.get(url, answers.validators(job)), []
    site = await sites.rules(url, job.allowed_hosts)
    reason = site.robots.refusal(url)
    if reason:
        raise Unanswered(reason, blocked=True)
    if job.kind == "page":
        decision = tdm.decide(url, None, None, site.tdm)
        if decision.reserved:
            raise _Reserved(decision)
    answer = await client.get(url, answers.validators(job), delay=site.robots.delay())
    return answer, list(site.tdm)


def _end(job: Job, answer: Answer, rules: list[tdm.Rule], moved: str, now: datetime) -> Poll:
    """The poll's end, with what the owner reserved and where the source moved."""
    result = answers.ended(answer, job, now)
    if job.kind != "recorded" and answer.status in (200, 304):
        header, policy = answer.headers.get("tdm-reservation"), answer.headers.get("tdm-policy")
        decision = tdm.decide(answer.url, header, policy, rules)
        if answer.status == 200 or header is not None:
            # A 304 often leaves such headers out: silence there takes no decision back.
            result = replace(result, reservation=decision)
        if job.kind == "page" and decision.reserved:
            return replace(result, outcome="reserved", note=decision.basis, body=None)
    if job.kind == "page" and result.outcome in ("changed", "same"):
        try:
            feed = pages.feed(answer.body, answer.url, answer.content_type, job.spider, job.language)
        except pages.PageError as error:
            return replace(result, outcome="failed", note=str(error), body=None)
        result = replace(answers.stored(result, job, answer, feed), content_type=pages.CONTENT_TYPE)
    if moved and result.answered and job.kind == "feed":
        result = replace(result, moved_to=moved)
    return result


def _failed(job: Job, now: datetime, url: str, note: str, *, blocked: bool = False) -> Poll:
    return Poll(job=job, at=now, outcome="blocked" if blocked else "failed", note=note, url=url)
