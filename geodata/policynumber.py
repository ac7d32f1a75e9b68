"""What a policy number is: value, unit, range, reference. The numbers themselves stand in `policy` and `policyplans`."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import PolicyError

Value = float | str
PLANNING = "planning value"


@dataclass(frozen=True)
class PolicyNumber:
    """One number (or choice) that a person may set. `group` says where the screen shows it."""

    name: str
    value: Value
    title: str
    definition: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    reference: str = PLANNING
    group: str = "standards"

    def check(self, value: Value) -> Value:
        """The value, converted; raises PolicyError where it is not allowed."""
        if self.choices:
            if str(value) not in self.choices:
                raise PolicyError(
                    f"{self.title} ({self.name}) is {value!r}; it must be one of {', '.join(self.choices)}."
                )
            return str(value)
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise PolicyError(f"{self.title} ({self.name}) is {value!r}; it must be a number.") from None
        low = self.minimum if self.minimum is not None else float("-inf")
        high = self.maximum if self.maximum is not None else float("inf")
        if not low <= number <= high:
            raise PolicyError(f"{self.title} ({self.name}) is {number:g}; it must lie from {low:g} to {high:g}.")
        return number
