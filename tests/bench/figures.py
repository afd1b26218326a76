"""A measured figure with its target, and how they are summed up and printed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from operator import ge, le, lt
from time import perf_counter
from typing import Any

RELATIONS: Mapping[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">=": ge}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `target` is what it must stay below (or reach), None where there is none."""

    section: str
    name: str
    value: float
    unit: str
    target: float | None = None
    relation: str = "<="
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def has_passed(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return RELATIONS[self.relation](self.value, self.target)

    def as_json(self) -> dict[str, Any]:
        """The figure as it stands in the results."""
        return {**asdict(self), "value": round(self.value, 3), "passed": self.has_passed}


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent of the values do not exceed.

    >>> percentile([3, 1, 2, 4], 50)
    2
    """
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * percent // 100), 1).__int__() - 1]


def summary(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 with the extremes, rounded to a thousandth."""
    parts = {f"p{percent}": percentile(values, percent) for percent in (50, 95, 99)}
    parts |= {"min": min(values), "max": max(values)}
    return {name: round(value, 3) for name, value in parts.items()} | {"repetitions": len(values)}


def timed(action: Callable[[], Any], repetitions: int, warm_up: int = 8) -> list[float]:
    """Milliseconds of each repetition, after some that are not counted."""
    for _ in range(warm_up):
        action()
    found = []
    for _ in range(repetitions):
        started = perf_counter()
        action()
        found.append((perf_counter() - started) * 1_000)
    return found


def table(figures: Sequence[Figure]) -> str:
    """The figures that have a target, one a line."""
    lines = [f"{'section':8}  {'figure':58} {'value':>10}  {'target':>12}  result"]
    for each in figures:
        if each.target is None:
            continue
        target = f"{each.relation} {each.target:g}"
        result = "pass" if each.has_passed else "MISS"
        lines.append(
            f"{each.section:8}  {each.name:58} {each.value:10.2f}  {target:>12}  {result}  {each.unit}"
        )
    return "\n".join(lines)
