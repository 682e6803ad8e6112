"""The stand-in's memory, used by its server's thread and by a test's at once."""

import time
from functools import partial
from pathlib import Path

from local.stand_in.state import Store
from tests.support.threads import at_once


def test_threads_do_not_meet_in_a_transaction(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.db", time.time)

    def serve(name: str) -> int:
        for number in range(500):
            with store.transaction():
                store.put(name, str(number), {"number": number})
        return len(list(store.oldest_first(name)))

    def meddle() -> int:
        for number in range(500):
            store.put("fault", str(number), {})
            store.clear("fault")
        return len(list(store.oldest_first("fault")))

    assert at_once([partial(serve, "a"), meddle, partial(serve, "b"), meddle]) == [500, 0, 500, 0]
    store.close()
