"""What a run shows of its domain events: in the terminal, and as a page of cause and effect."""

from local.events.page import Sent, events_routes
from local.events.reader import reading_events
from local.events.recording import Recording, recording

__all__ = ["Recording", "Sent", "events_routes", "reading_events", "recording"]
