"""`python -m tests.bench`: measures, writes bench/results.json and prints what was promised beside what is."""

import argparse
import json
import logging
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench import billing, browser, bundle, clients, dunning, inbox, lists
from tests.bench.figures import Figure, table
from tests.bench.machine import facts
from tests.bench.places import DATA, RESULTS
from tests.bench.server import served
from tests.bench.visits import chromium, sign_in

SECTIONS = ("lists", "billing", "dunning", "bundle", "browser", "clients", "inbox")
WITHOUT_SERVER = {"lists", "billing", "dunning"}


def main() -> None:
    """Measure the sections asked for; results of the others stay in the file as they were."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=SECTIONS, action="append", help="measure just this section")
    parser.add_argument(
        "--quick", action="store_true", help="fewer repetitions, no large database; written beside the data"
    )
    asked = parser.parse_args()
    sections = asked.only or SECTIONS
    # A measurement that is stopped stops its server, browser and database as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    machine, started = facts(), time.monotonic()
    figures = _measured(sections, is_quick=asked.quick)
    _record(DATA / "quick.json" if asked.quick else RESULTS, sections, figures, machine)
    print(table(figures))
    missed = sum(figure.has_passed is False for figure in figures)
    print(f"{missed or 'No'} target(s) missed; {time.monotonic() - started:.0f} s.")


def _measured(sections: Sequence[str], *, is_quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    if "lists" in sections:
        figures += lists.measure(is_quick=is_quick)
    if "billing" in sections:
        figures += billing.measure(is_quick=is_quick)
    if "dunning" in sections:
        figures += dunning.measure(is_quick=is_quick)
    if set(sections) - WITHOUT_SERVER:
        with served() as server:
            if {"bundle", "browser"} & set(sections):
                token = sign_in(server, "admin")
                with chromium() as opened:
                    if "bundle" in sections:
                        figures += bundle.measure(server, opened, token)
                    if "browser" in sections:
                        figures += browser.measure(server, opened, is_quick=is_quick, token=token)
            if "clients" in sections:
                figures += clients.measure(server, is_quick=is_quick)
            if "inbox" in sections:
                figures += inbox.measure(server, is_quick=is_quick)
    return figures


def _record(path: Path, sections: Sequence[str], figures: Sequence[Figure], machine: dict[str, Any]) -> None:
    """Replace the measured sections in the file; each keeps the machine and date it was measured with."""
    try:
        kept = json.loads(path.read_text())["sections"]
    except (FileNotFoundError, KeyError, json.JSONDecodeError):
        kept = {}
    for section in sections:
        own = [figure.as_json() for figure in figures if figure.section == section]
        missed = [each["name"] for each in own if each["passed"] is False]
        kept[section] = {"machine": machine, "missed": missed, "figures": own}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"sections": {each: kept[each] for each in SECTIONS if each in kept}}, indent=1)
    path.write_text(f"{text}\n")


if __name__ == "__main__":
    logging.getLogger("alembic").setLevel(logging.WARNING)
    main()
