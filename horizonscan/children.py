"""What every process that another one starts needs: it dies with its parent, however the parent ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(sent: int = signal.SIGKILL) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child `sent` when the thread that started it ends.

    Survives exec (prctl(2), PR_SET_PDEATHSIG), so it also covers programs that are not ours. Everything
    a child has to lose is transactional, which is why the default is the signal nobody can ignore.
    Elsewhere than on Linux the child is only ended by its parent's orderly stop.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
        if os.getppid() != parent:  # the parent ended between fork and prctl: nobody will tell us
            os._exit(1)

    return prepare
