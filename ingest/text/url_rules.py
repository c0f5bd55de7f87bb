"""The tables behind canonical URLs: trackers, consent walls, redirectors, AMP, short forms per host."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin

_ABSOLUTE = ("http://", "https://")
_ARTICLE = re.compile(r"[0-9]|-.*-")

#: Parameters that say where a click came from and never which article it is.
_TRACKER_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id epik
    mkt_tok mc_cid mc_eid _hsenc _hsmi __hstc __hssc __hsfp hsctatracking vero_id oly_enc_id oly_anon_id
    wickedid cmpid cmp ocid xtor xtref at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4
    at_link_id at_link_type at_link_origin at_format at_ptr_name at_bbc_team guccounter guce_referrer
    guce_referrer_sig referrer referer ref_src ref_url smid smtyp smprod ito ncid icid s_cid s_kwcid
    ef_id _ga _gl ga_source ga_medium ga_campaign spm scm share_source shareid amp outputtype jsessionid
    phpsessid sessionid traffic_source wt_mc feedtype taid srnd partner emc maca
"""
_TRACKERS = frozenset(_TRACKER_NAMES.split())
_TRACKER_PREFIXES = (
    "utm_",
    "utm-",
    "ns_",
    "pk_",
    "piwik_",
    "mtm_",
    "matomo_",
    "wt.",
    "hsa_",
    "stm_",
    "itm_",
    "at_recipient",
)
#: `ref`, `source` and the like also name articles; dropped only where the value says "I came by a feed".
_CAREFUL = frozenset(("ref", "source", "src", "from", "via", "origin", "channel", "medium"))
_FEED_WORDS = """
    rss rss2 rssfeed rss_feed rss-feed feed feeds atom newsletter nieuwsbrief social twitter facebook linkedin
    whatsapp email share homepage hp
"""
_FEED_VALUES = frozenset(("", *_FEED_WORDS.split()))

#: Hosts that ask for consent first; the article is in one of their parameters.
_CONSENT_HOST = re.compile(
    r"^(?:myprivacy|consent|guce|cookie(?:s|wall|consent)?|privacy(?:gate)?|cmp|toestemming)\."
)
_CONSENT_PARAMETERS = (
    "redirecturi",
    "redirect_uri",
    "continue",
    "redirect",
    "done",
    "returnurl",
    "url",
    "original",
)
#: The site's own end of such a wall, whose target may be relative to the site.
_GATE_PATH = re.compile(r"^/privacy-?(?:gate|wall)(?:[/-]|$)", re.IGNORECASE)
#: Redirectors: host, path, parameters that may hold the target.
_REDIRECTORS = (
    (re.compile(r"^(?:www\.)?google\.[a-z.]{2,6}$"), re.compile(r"^/url$"), ("url", "q")),
    (re.compile(r"^l\.(?:facebook|instagram)\.com$"), re.compile(r"^/(?:l\.php)?$"), ("u",)),
    (re.compile(r"^out\.reddit\.com$"), re.compile(r"^/"), ("url",)),
    (re.compile(r"^(?:www\.)?bing\.com$"), re.compile(r"^/news/apiclick\.aspx$", re.IGNORECASE), ("url",)),
    (re.compile(r"^[a-z0-9-]+\.safelinks\.protection\.outlook\.com$"), re.compile(r"^/"), ("url",)),
)
_AMP_CACHE = re.compile(r"^[a-z0-9-]+\.cdn\.ampproject\.org$")
_AMP_PATH = re.compile(
    r"^/(?:amp|c|v)/(?P<secure>s/)?(?P<rest>[a-z0-9-]+(?:\.[a-z0-9-]+)+/.*)$", re.IGNORECASE
)
#: Per host: paths that name an article by its number, and the one form they all become.
_SHORT_FORMS: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "nos.nl": ((re.compile(r"^/(?:l|artikel|nieuwsuur/artikel)/([0-9]+)(?:-[^/]*)?/?$"), r"/artikel/\1"),),
    "nu.nl": ((re.compile(r"^/[a-z0-9-]+/([0-9]{5,})/(?:[^/]*\.html)?$"), r"/-/\1/"),),
    "tweakers.net": ((re.compile(r"^/(nieuws|reviews|geek)/([0-9]+)(?:/[^/]*)?$"), r"/\1/\2"),),
    "security.nl": ((re.compile(r"^/posting/([0-9]+)(?:/[^/]*)?$"), r"/posting/\1"),),
}


def is_tracker(name: str, value: str) -> bool:
    """Whether a query parameter (lower case, decoded) only tells where the reader came from."""
    if name in _TRACKERS or name.startswith(_TRACKER_PREFIXES):
        return True
    return name in _CAREFUL and value in _FEED_VALUES


def _parameters(query: str) -> dict[str, str]:
    """The first value of every parameter, decoded; names in lower case."""
    found: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        value = unquote(value.replace("+", "%20"))
        # Some walls encode twice.
        if value.lower().startswith(("https%3a", "http%3a", "%2f")):
            value = unquote(value)
        found.setdefault(unquote(name).lower(), value)
    return found


def _first(found: dict[str, str], names: tuple[str, ...], starts: tuple[str, ...] = _ABSOLUTE) -> str | None:
    """The first value under `names` that is a URL."""
    values = (found.get(name, "") for name in names)
    return next((value for value in values if value.lower().startswith(starts)), None)


def _consent_target(found: dict[str, str]) -> str | None:
    """The article behind a consent wall: named whole, or relative to the site that the wall calls back."""
    if target := _first(found, _CONSENT_PARAMETERS):
        return target
    callback = _first(found, ("callbackurl", "callback"))
    relative = _first(found, _CONSENT_PARAMETERS, ("/",))
    return urljoin(callback, relative) if callback and relative else callback


def inner_target(scheme: str, host: str, path: str, query: str) -> str | None:
    """Where a consent wall, a redirector or an AMP cache leads to; None for an ordinary address.

    Raises ValueError where the target is no URL.
    """
    if _AMP_CACHE.match(host) or (host.startswith("www.google.") and path.startswith("/amp/")):
        if not (cached := _AMP_PATH.match(path)):
            return None
        return f"{'https' if cached['secure'] else 'http'}://{cached['rest']}{'?' if query else ''}{query}"
    if not query:
        return None
    if _CONSENT_HOST.match(host):
        return _consent_target(_parameters(query))
    if _GATE_PATH.match(path):
        target = _first(_parameters(query), _CONSENT_PARAMETERS, ("/", *_ABSOLUTE))
        return urljoin(f"{scheme}://{host}{path}", target) if target else None
    for host_form, path_form, names in _REDIRECTORS:
        if host_form.match(host) and path_form.match(path):
            return _first(_parameters(query), names)
    return None


def without_amp(path: str) -> str:
    """The article's path without a closing `/amp`.

    Only after a segment with a digit or two hyphens, as articles have: `/news/amp` may be a section.
    """
    closing = "/" if path.endswith("/") else ""
    segments = path.rstrip("/").split("/")
    while len(segments) > 2 and segments[-1].lower() == "amp" and _ARTICLE.search(segments[-2]):
        segments.pop()
        path = "/".join(segments) + closing
    return path


def without_slug(host: str, path: str) -> str:
    """The path in its host's one form, where a rule knows several for one article."""
    for form, replacement in _SHORT_FORMS.get(host.removeprefix("www."), ()):
        if form.match(path):
            return form.sub(replacement, path)
    return path
