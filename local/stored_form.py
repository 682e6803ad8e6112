"""The form in which the functions store things. Until the first release it may change without
migration, and a run begins with empty tables then.
"""

import shutil

from local.places import Places
from local.progress import say

FORM = "5: cards with the network that their payer chose"
"""Change it with every change of what is stored that the functions' readers do not read."""


def forget_other_form(places: Places) -> None:
    """Remove what a run of another form has stored, with the deployment that it belongs to."""
    file, kept = places.state / "stored-form", places.state / "ministack"
    if kept.exists() and (not file.exists() or file.read_text("utf-8") != FORM):
        say("the stored form has changed since the last run: beginning with empty tables")
        shutil.rmtree(kept)
        # What was told of items that are gone.
        (places.state / "events.sqlite").unlink(missing_ok=True)
    file.write_text(FORM, "utf-8")
