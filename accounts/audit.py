"""Writing the audit log: one call, in the transaction of the change it records."""

from __future__ import annotations

from typing import Any

from accounts.models import AuditEvent

#: Words in a detail's key that mark a value nobody may read in a log.
_SECRET = ("password", "secret", "token", "key", "authorization", "cookie")


def record(
    actor: str, action: str, object: str, *, result: str = "done", origin: str = "command line", **detail: Any
) -> AuditEvent:
    """Stores one audit event. Values of keys that name a secret are replaced by `(hidden)`."""
    safe = {k: "(hidden)" if any(w in k.lower() for w in _SECRET) else v for k, v in detail.items()}
    return AuditEvent.objects.create(
        actor=actor, action=action, object=object[:200], result=result, origin=origin, detail=safe
    )
