"""Numbers that stand for words in Microsoft Project XML, for its reader and its writer alike."""

from __future__ import annotations

from wattport.equations.precedence import LinkKind
from wattport.schedule.plan import ConstraintKind, ResourceKind

NAMESPACE = "http://schemas.microsoft.com/project"
# Custom text field of tasks that keeps an id which is not a number; 188743731 is Text1.
ID_FIELD, ID_FIELD_NAME, ID_ALIAS = "188743731", "Text1", "Activity ID"

LINK_OF = {
    "0": LinkKind.FINISH_TO_FINISH,
    "1": LinkKind.FINISH_TO_START,
    "2": LinkKind.START_TO_FINISH,
    "3": LinkKind.START_TO_START,
}
NUMBER_OF_LINK = {kind: number for number, kind in LINK_OF.items()}

CONSTRAINT_OF = {
    "1": ConstraintKind.AS_LATE_AS_POSSIBLE,
    "2": ConstraintKind.MUST_START,
    "3": ConstraintKind.MUST_FINISH,
    "4": ConstraintKind.START_NO_EARLIER,
    "5": ConstraintKind.START_NO_LATER,
    "6": ConstraintKind.FINISH_NO_EARLIER,
    "7": ConstraintKind.FINISH_NO_LATER,
}
NUMBER_OF_CONSTRAINT = {kind: number for number, kind in CONSTRAINT_OF.items()} | {
    # Project knows no constraint that pins a date and yet yields to links.
    ConstraintKind.START_ON: "2",
    ConstraintKind.FINISH_ON: "3",
}
AS_SOON_AS_POSSIBLE = "0"
CENTS = 100.0  # costs are in hundredths of the currency, rates are not
RATE_PER_HOUR, RATE_OF_MATERIAL = "2", "8"

RESOURCE_OF = {"0": ResourceKind.MATERIAL, "1": ResourceKind.LABOUR}

# Formats of durations and lags that run by the clock: em, eh, ed, ew, emo, and estimated ones.
ELAPSED_FORMATS = frozenset({"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"})
PERCENT_FORMATS = frozenset({"19", "20", "51", "52"})
LAG_IN_HOURS, LAG_IN_ELAPSED_HOURS, DURATION_IN_HOURS = "5", "6", "5"

# Elements of a task or project that hold what the plan has no place for.
LOST_OF_TASK = (
    "Notes", "Contact", "Hyperlink", "SplitParts", "OutlineCode",
    "LevelingDelay", "PreLeveledStart",
)  # fmt: skip
LOST_OF_RESOURCE = (
    "Notes", "Group", "Code", "EmailAddress", "CostPerUse", "OvertimeRate",
    "Phonetics", "NTAccount", "MaterialLabel", "OutlineCode", "BaselineCost",
)  # fmt: skip
LOST_OF_ASSIGNMENT = (
    "Notes",
    "Delay",
    "WorkContour",
    "OvertimeWork",
    "RateScale",
    "FixedMaterial",
    "CostRateTable",
)
SAYS_NOTHING = frozenset({"", "0", "0.00", "PT0H0M0S", "NA"})
