"""What of telling is no longer kept: bodies of mail, matches, the ledger, deleted subscriptions.

Bodies go first (they hold what readers read), the ledger's rows stay for half a year: they say what was sent
to whom. Digests stay as long as the signals they name.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from notify.models import Alert, Delivery, Digest, Match, Subscription

BODIES = timedelta(days=30)
#: Digests look back some days, never this far.
MATCHES = timedelta(days=60)
LEDGER = timedelta(days=180)
DELETED = timedelta(days=30)


def retain(now: datetime) -> dict[str, int]:
    """Removes it; rows removed (of bodies: emptied) by kind."""
    ended = Delivery.objects.exclude(state__in=(Delivery.State.WAITING, Delivery.State.SENDING))
    bodies = ended.filter(ended__lt=now - BODIES).exclude(text="", html="")
    digests = timedelta(days=settings.HORIZONSCAN_KEEP_DAYS)
    return {
        "mail_bodies": bodies.update(text="", html=""),
        "matches": Match.objects.filter(at__lt=now - MATCHES).delete()[0],
        "alerts": Alert.objects.filter(at__lt=now - LEDGER).delete()[0],
        "deliveries": ended.filter(made__lt=now - LEDGER).delete()[0],
        "digests": Digest.objects.filter(made__lt=now - digests).delete()[0],
        "subscriptions": Subscription.objects.filter(deleted__lt=now - DELETED).delete()[0],
    }
