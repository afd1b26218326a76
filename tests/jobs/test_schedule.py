"""The schedule and the subscribers as they are registered."""

import jobs.worker
from jobs.queue import huey
from jobs.schedule import periodic_tasks
from jobs.subscribers import subscribers
from models.kernel.events import event_catalogue


def test_every_periodic_task_is_registered_once() -> None:
    """The list is what Huey runs, no more and no less, and each entry says what it does."""
    registered = sorted(each.name for each in huey._registry.periodic_tasks)
    assert registered == sorted(each.name for each in periodic_tasks())
    assert all(each.sentence.endswith(".") for each in periodic_tasks())


def test_subscribers_want_events_that_exist() -> None:
    """A typing error in an event's name would be a subscriber that never hears a thing."""
    program = {
        name: each for name, each in subscribers().items() if not any("test." in e for e in each.events)
    }
    assert "build-export" in program
    for each in program.values():
        assert each.events <= set(event_catalogue()), each.name
    assert callable(jobs.worker.main)
