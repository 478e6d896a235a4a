"""Answers questions with the reference mcp-server-time under a frozen clock.

stdin: {"offsets": {zone: [instant…]}, "current": [[instant, zone]…], "convert": [[instant, source, time, target]…]}
stdout: the same shape with UTC offsets in seconds, and results or {"error": text}.
"""

import json
import sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo, available_timezones

from mcp_server_time import server


class FrozenDatetime(datetime):
    instant = 0

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(cls.instant, tz)


server.datetime = FrozenDatetime
tools = server.TimeServer()


def ask(call, instant, *arguments):
    FrozenDatetime.instant = instant
    try:
        return call(*arguments).model_dump()
    except Exception as error:
        return {"error": str(error)}


def offsets_of(name, instants):
    if name not in available_timezones_once:
        return None
    zone = ZoneInfo(name)
    return [
        datetime.fromtimestamp(instant, timezone.utc).astimezone(zone).utcoffset().total_seconds()
        for instant in instants
    ]


available_timezones_once = available_timezones()
questions = json.load(sys.stdin)
json.dump(
    {
        "offsets": {name: offsets_of(name, instants) for name, instants in questions["offsets"].items()},
        "current": [ask(tools.get_current_time, *question) for question in questions["current"]],
        "convert": [ask(tools.convert_time, *question) for question in questions["convert"]],
    },
    sys.stdout,
)
