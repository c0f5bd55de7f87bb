"""What a command raises when it cannot go on: the message is the one line the person reads."""


class CommandError(Exception):
    """The command failed (exit 1)."""


class UsageError(Exception):
    """The command was called wrongly (exit 2)."""
