"""What can go wrong with the embedded server: one sentence in Chinese that says what to do."""


class EmbeddedServerError(RuntimeError):
    """The embedded database cannot be used; the message is complete for whoever started the command."""
