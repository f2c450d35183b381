"""Reads schedule files with MPXJ and prints what it found as JSON; runs in a process of its own."""

from __future__ import annotations

import json
import sys

import jpype
import mpxj  # noqa: F401  puts its Java archives on the class path

jpype.startJVM("-Xmx512m", convertStrings=True)
from java.time import LocalDateTime  # noqa: E402
from org.mpxj import FieldContainer, TimeUnit  # noqa: E402, F401
from org.mpxj.reader import UniversalProjectReader  # noqa: E402


def text(value):
    return None if value is None else str(value)


def hours(duration, properties):
    if duration is None:
        return None
    return float(duration.convertUnits(TimeUnit.HOURS, properties).getDuration())


def elapsed(duration):
    return duration is not None and bool(duration.getUnits().isElapsed())


def rate(resource):
    """Standard rate, with the unit of time it is for."""
    found = resource.getStandardRate()
    return None if found is None else [float(found.getAmount()), text(found.getUnits())]


def schedule(project, start):
    """Date the project anew with MPXJ's own scheduler."""
    from org.mpxj.cpm import MicrosoftScheduler, PrimaveraScheduler

    is_p6 = str(project.getProjectProperties().getFileType()) == "XER"
    scheduler = PrimaveraScheduler() if is_p6 else MicrosoftScheduler()
    scheduler.schedule(project, LocalDateTime.parse(start))


def read(path, start):
    project = UniversalProjectReader().read(path)
    properties = project.getProjectProperties()
    if start:
        schedule(project, start)
    tasks, links, calendars = {}, [], {}
    for task in project.getTasks():
        if task.getSummary() or task.getUniqueID() == 0:
            continue
        id = text(task.getActivityID()) or text(task.getText(1))
        if str(properties.getFileType()) == "MSPDI":
            id = text(task.getText(1))
        tasks[id] = {
            "name": text(task.getName()),
            "start": text(task.getStart()),
            "finish": text(task.getFinish()),
            "early_start": text(task.getEarlyStart()),
            "early_finish": text(task.getEarlyFinish()),
            "late_finish": text(task.getLateFinish()),
            "actual_start": text(task.getActualStart()),
            "actual_finish": text(task.getActualFinish()),
            "hours": hours(task.getDuration(), properties),
            "remaining_hours": hours(task.getRemainingDuration(), properties),
            "calendar": text(task.getEffectiveCalendar().getName()),
            "constraint": text(task.getConstraintType()),
            "constraint_date": text(task.getConstraintDate()),
            "parent": text(task.getParentTask().getName()) if task.getParentTask() else None,
            "resources": sorted(
                text(use.getResource().getName()) for use in task.getResourceAssignments()
            ),
        }
        tasks[id]["uid"] = int(task.getUniqueID())
        fixed = task.getFixedCost()
        spent = [float(item.getAtCompletionCost()) for item in task.getExpenseItems()]
        tasks[id]["fixed_cost"] = sum(spent) if spent else float(fixed or 0.0)
    ids = {task["uid"]: id for id, task in tasks.items()}
    for relation in project.getRelations():
        lag = relation.getLag()
        links.append(
            [
                ids[int(relation.getPredecessorTask().getUniqueID())],
                ids[int(relation.getSuccessorTask().getUniqueID())],
                text(relation.getType()),
                hours(lag, properties),
                elapsed(lag),
            ]
        )
    for calendar in project.getCalendars():
        calendars[text(calendar.getName())] = {
            "exceptions": sorted(
                text(e.getFromDate()) for e in calendar.getExpandedCalendarExceptions()
            ),
        }
    return {
        "name": text(properties.getProjectTitle()) or text(properties.getName()),
        "tasks": tasks,
        "links": sorted(links),
        "calendars": calendars,
        "resources": sorted(text(r.getName()) for r in project.getResources() if r.getName()),
        "rates": {text(r.getName()): rate(r) for r in project.getResources() if r.getName()},
        "currency": text(properties.getCurrencyCode() or properties.getCurrencySymbol()),
    }


if __name__ == "__main__":
    jobs = json.loads(sys.stdin.read())
    print(json.dumps([read(job["path"], job.get("start")) for job in jobs]))
