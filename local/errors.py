"""The one kind of error that ends a run."""


class LocalError(Exception):
    """Why a run can not begin or go on; the message is for the person who started it."""


class SettingsError(LocalError):
    """A setting of this machine that can not be used; the message says what to set."""
