"""AG Grid in the reader's language: its own texts, its direction, and the side on which columns stay."""

from __future__ import annotations

from typing import Any

from geodata.say import language, later, remembered, tr

# The grid's names of the texts that our lists can show (community edition), in our words.
TEXTS = {
    "noRowsToShow": later("No rows to show"),
    "noMatchingRows": later("No rows match"),
    "loadingOoo": later("Loading …"),
    "loadingError": later("This could not be loaded"),
    "page": later("Page"),
    "to": later("to"),
    "of": later("of"),
    "filterOoo": later("Filter …"),
    "searchOoo": later("Search …"),
    "blank": later("Not reported"),
    "notBlank": later("Reported"),
    "empty": later("Choose one"),
    "equals": later("Equals"),
    "notEqual": later("Does not equal"),
    "lessThan": later("Less than"),
    "greaterThan": later("Greater than"),
    "lessThanOrEqual": later("Less than or equal to"),
    "greaterThanOrEqual": later("Greater than or equal to"),
    "inRange": later("Between"),
    "inRangeStart": later("From"),
    "inRangeEnd": later("To"),
    "contains": later("Contains"),
    "notContains": later("Does not contain"),
    "startsWith": later("Begins with"),
    "endsWith": later("Ends with"),
    "andCondition": later("And"),
    "orCondition": later("Or"),
    "applyFilter": later("Apply"),
    "resetFilter": later("Reset"),
    "clearFilter": later("Clear"),
    "cancelFilter": later("Cancel"),
    "textFilter": later("Text filter"),
    "numberFilter": later("Number filter"),
    "dateFilter": later("Date filter"),
    "copy": later("Copy"),
    "ariaHidden": later("hidden"),
    "ariaVisible": later("visible"),
    "ariaChecked": later("ticked"),
    "ariaUnchecked": later("not ticked"),
    "ariaIndeterminate": later("partly ticked"),
    "ariaColumnFiltered": later("Column filtered"),
    "ariaColumnSelectAll": later("Tick or untick all"),
    "ariaFilterInput": later("Filter"),
    "ariaFilterMenuOpen": later("Open the filter"),
    "ariaFilterFromValue": later("Filter from"),
    "ariaFilterToValue": later("Filter to"),
    "ariaFilterValue": later("Filter value"),
    "ariaFilteringOperator": later("How to filter"),
    "ariaInputEditor": later("Entry"),
    "ariaLabelColumnFilter": later("Column filter"),
    "ariaLabelColumnMenu": later("Column menu"),
    "ariaLabelSelectField": later("Choose"),
    "ariaMenuColumn": later("Press Ctrl and Enter to open the column's menu"),
    "ariaFilterColumn": later("Press Ctrl and Enter to open the filter"),
    "ariaRowDeselect": later("Press the space bar to untick this row"),
    "ariaRowSelect": later("Press the space bar to tick this row"),
    "ariaRowToggleSelection": later("Press the space bar to tick or untick this row"),
    "ariaRowSelectionDisabled": later("This row cannot be ticked"),
    "ariaSearch": later("Search"),
    "ariaSortableColumn": later("Press Enter to sort"),
    "ariaToggleCellValue": later("Press the space bar to change the value"),
}


@remembered(maxsize=8)
def _texts() -> dict[str, str]:
    return {key: tr(text) for key, text in TEXTS.items()}


def spoken(options: dict[str, Any]) -> dict[str, Any]:
    """A grid's options with its texts and its direction."""
    return {**options, "localeText": _texts(), "enableRtl": language().direction == "rtl"}


def first_side() -> str:
    """The side on which reading begins, where the columns stay that are always seen."""
    return "right" if language().direction == "rtl" else "left"
