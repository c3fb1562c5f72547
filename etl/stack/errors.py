"""What keeps the stack from running: one sentence in Chinese that says what to do."""


class StackError(RuntimeError):
    """The stack cannot start or go on; the message is complete for whoever started it."""
