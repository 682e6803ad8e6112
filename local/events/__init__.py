"""What a run shows of its domain events: in the terminal, and at `/_local/events` as cause and effect."""

from local.events.kept import Kept
from local.events.page import events_routes
from local.events.reader import reading_events

__all__ = ["Kept", "events_routes", "reading_events"]
