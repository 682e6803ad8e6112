"""The kind of error that ends a run."""


class LocalError(Exception):
    """The run cannot start or go on. The message is for the person who started it."""


class SettingsError(LocalError):
    """A setting of this machine cannot be used. The message says what to set."""
