"""Sizes, ages, times and numbers as a person reads them, in the language of now (LOOK.md, Words)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QDateTime, QLocale

from app.desktop.i18n import translate
from app.sessions.local_time import local_time

if TYPE_CHECKING:
    from datetime import date as calendar_date

_KILO = 1000
_UNITS = ("B", "kB", "MB", "GB", "TB")
"""The same in every language (SI, IEC 80000-13): QLocale writes KB in some."""
_LARGE = 100
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def size(count: float) -> str:
    """Bytes in decimal units: "969 B", "780 kB", "14.0 MB". Up to kilobytes whole, larger units with one digit more."""
    value, position = _in_unit(count)
    return _shown(value, position, 1 if position > 1 else 0)


def _in_unit(count: float) -> tuple[float, int]:
    """The number and the place of its unit. What would be a thousand of a unit is one of the next: "1.0 MB"."""
    value, position = float(max(0, int(count))), 0
    while round(value, 1 if position > 1 else 0) >= _KILO and position < len(_UNITS) - 1:
        value /= _KILO
        position += 1
    return value, position


def _shown(value: float, position: int, digits: int) -> str:
    return f"{QLocale().toString(value, 'f', digits)} {_UNITS[position]}"


def amount(done: int, total: int) -> str:
    """How much of how much, the unit said once where it is the same: "3.6 of 5.8 MB", "84 of 200 MB"."""
    value, position = _in_unit(total)
    # Two numbers beside each other that both change: tenths of large ones are nothing but noise.
    digits = 1 if position > 1 and value < _LARGE else 0
    part, part_position = _in_unit(min(done, total))
    if part_position == position:
        shown = QLocale().toString(part, "f", digits)
    else:
        shown = _shown(part, part_position, 1 if part_position > 1 else 0)
    return translate("Formats", "{done} of {total}").format(done=shown, total=_shown(value, position, digits))


def speed(bytes_per_second: float) -> str:
    """ "6.2 MB/s"."""
    return translate("Formats", "{size}/s").format(size=size(bytes_per_second))


def line_speed(bytes_per_second: int) -> str:
    """As lines are sold where that is a round number: "20 Mbit/s"; else as `speed`."""
    megabits, rest = divmod(bytes_per_second * 8, _KILO**2)
    return speed(bytes_per_second) if rest else f"{number(megabits)} Mbit/s"


def binary_size(count: int) -> str:
    """A size that was chosen in powers of two: "16 MiB", "1 GiB"; any other as `size`."""
    for factor, unit in ((1024**3, "GiB"), (1024**2, "MiB")):
        if count % factor == 0:
            return f"{number(count // factor)} {unit}"
    return size(count)


def number(value: int) -> str:
    """With the language's grouping: "48,200"."""
    return QLocale().toString(value)


def percent(fraction: float) -> str:
    """ "62 %"; rounded down, so that 100 is only said of 1."""
    whole = int(max(0.0, min(1.0, fraction)) * 100)
    return translate("Formats", "{number} %").format(number=QLocale().toString(whole))


def duration(seconds: float) -> str:
    """A short time to wait: "3 s", "2 min", "1 h 20 min"."""
    whole = max(1, round(seconds))
    if whole < _MINUTE:
        return translate("Formats", "{n} s").format(n=whole)
    if whole < _HOUR:
        return translate("Formats", "{n} min").format(n=round(whole / _MINUTE))
    hours, rest = divmod(round(whole / _MINUTE), 60)
    if hours >= 24:
        return translate("Formats", "{n} h").format(n=hours)
    return translate("Formats", "{hours} h {minutes} min").format(hours=hours, minutes=rest)


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in one unit: "5 min", "2 h", "29 d". What lies ahead (a clock was set back) is "now"."""
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return translate("Formats", "now")
    if seconds < _HOUR:
        return translate("Formats", "{n} min", "age").format(n=int(seconds // _MINUTE))
    if seconds < _DAY:
        return translate("Formats", "{n} h", "age").format(n=int(seconds // _HOUR))
    return translate("Formats", "{n} d", "age").format(n=number(int(seconds // _DAY)))


def days_left(moment: datetime, now: datetime) -> int:
    """Whole days until then, what has begun counted as a day; 0 when it is past."""
    left = moment - now
    return max(0, -(-left // timedelta(days=1)))


def days(count: int) -> str:
    """ "1 day", "28 days"; "today" for none."""
    if count <= 0:
        return translate("Formats", "today")
    return translate("Formats", "%n days", n=count)


def day_and_time(moment: datetime, now: datetime | None = None) -> str:
    """An event: "Today 14:21", "Yesterday 18:02", "20 Nov 2026"."""
    local = local_time(moment)
    today = (now or datetime.now(UTC)).astimezone().date()
    if local.date() == today:
        return translate("Formats", "Today {time}").format(time=time_of(moment))
    if local.date() == today - timedelta(days=1):
        return translate("Formats", "Yesterday {time}").format(time=time_of(moment))
    return date(moment)


def event(moment: datetime, now: datetime | None = None) -> str:
    """`day_and_time` with the time of older days too: "Today 14:21", "20 Nov 2026, 14:21"."""
    local = local_time(moment).date()
    today = (now or datetime.now(UTC)).astimezone().date()
    recent = local in {today, today - timedelta(days=1)}
    return day_and_time(moment, now) if recent else date_and_time(moment)


def date(moment: datetime) -> str:
    """The day, in the language's own order, the month as a short word where the language does that."""
    return day(local_time(moment).date())


def day(date_: calendar_date) -> str:
    """`date` of a day that has no time: "20 Nov 2026"."""
    pattern = translate("Formats", "d MMM yyyy")
    return QLocale().toString(QDate(date_.year, date_.month, date_.day), pattern)


def date_and_time(moment: datetime) -> str:
    """Day and time in full: "20 Nov 2026, 14:21"."""
    return translate("Formats", "{date}, {time}").format(date=date(moment), time=time_of(moment))


def time_of(moment: datetime) -> str:
    """The time of day, in local time: "14:21"."""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return QLocale().toString(local.time(), QLocale.FormatType.ShortFormat)
