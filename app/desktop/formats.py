"""Sizes, ages, times and numbers as a person reads them, in the language of now (LOOK.md, Words)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QLocale

from app.desktop.i18n import translate

_KILO = 1000
# What would be shown as a thousand of a unit is one of the next: "1.0 MB", not "1,000 kB".
_ROUNDED_UP = ((999_500, _KILO**2), (999_950_000, _KILO**3), (999_950_000_000, _KILO**4))
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def size(count: float) -> str:
    """Bytes in decimal units: "780 kB", "14.0 MB". Kilobytes are whole, larger units have one digit more."""
    return _size(_next_unit(max(0, int(count))))


def _next_unit(count: int) -> int:
    for least, next_unit in _ROUNDED_UP:
        if least <= count < next_unit:
            return next_unit
    return count


def _size(count: int, *, whole: bool = False) -> str:
    precision = 0 if whole or count < _KILO**2 else 1
    return QLocale().formattedDataSize(count, precision, QLocale.DataSizeFormat.DataSizeSIFormat)


def amount(done: int, total: int) -> str:
    """How much of how much, the unit said once where it is the same: "3.6 of 5.8 MB", "84 of 200 MB"."""
    total = _next_unit(max(0, int(total)))
    # Two numbers beside each other that both change: tenths of large ones are nothing but noise.
    large = any(100 * unit <= total < _KILO * unit for unit in (_KILO**2, _KILO**3, _KILO**4))
    whole = _size(total, whole=large)
    done = _next_unit(max(0, min(int(done), total)))
    part = _size(done, whole=large and done * _KILO >= total)
    number, _, unit = part.rpartition(" ")
    shown = number if unit and whole.endswith(f" {unit}") else part
    return translate("Formats", "{done} of {total}").format(done=shown, total=whole)


def speed(bytes_per_second: float) -> str:
    """ "6.2 MB/s"."""
    return translate("Formats", "{size}/s").format(size=size(bytes_per_second))


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
    local = moment.astimezone()
    today = (now or datetime.now(UTC)).astimezone().date()
    if local.date() == today:
        return translate("Formats", "Today {time}").format(time=time_of(moment))
    if local.date() == today - timedelta(days=1):
        return translate("Formats", "Yesterday {time}").format(time=time_of(moment))
    return date(moment)


def event(moment: datetime, now: datetime | None = None) -> str:
    """`day_and_time` with the time of older days too: "Today 14:21", "20 Nov 2026, 14:21"."""
    local = moment.astimezone().date()
    today = (now or datetime.now(UTC)).astimezone().date()
    recent = local in {today, today - timedelta(days=1)}
    return day_and_time(moment, now) if recent else date_and_time(moment)


def date(moment: datetime) -> str:
    """The day, in the language's own order, the month as a short word where the language does that."""
    local = moment.astimezone()
    pattern = translate("Formats", "d MMM yyyy")
    return QLocale().toString(QDate(local.year, local.month, local.day), pattern)


def date_and_time(moment: datetime) -> str:
    """Day and time in full: "20 Nov 2026, 14:21"."""
    return translate("Formats", "{date}, {time}").format(date=date(moment), time=time_of(moment))


def time_of(moment: datetime) -> str:
    """The time of day, in local time: "14:21"."""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return QLocale().toString(local.time(), QLocale.FormatType.ShortFormat)
