"""A run begins with empty tables where an earlier one has stored things in another form."""

from pathlib import Path

from local.places import Places
from local.stored_form import forget_other_form


def test_what_another_form_has_stored_is_removed_and_nothing_else(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path)
    places.make()
    forget_other_form(places)
    tables, key = places.state / "ministack" / "dynamodb.json", places.state / "issuer.pem"
    events = places.state / "events.sqlite"
    tables.parent.mkdir()
    for file in (tables, key, events):
        file.write_text("kept")
    forget_other_form(places)
    assert tables.exists()
    assert events.exists()
    (places.state / "stored-form").write_text("1")
    forget_other_form(places)
    assert not tables.parent.exists()
    assert not events.exists()
    assert key.exists()
    tables.parent.mkdir()
    (places.state / "stored-form").unlink()  # as before there were forms
    forget_other_form(places)
    assert not tables.parent.exists()
