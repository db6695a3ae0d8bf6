"""How a catalog's values are written where people read them: prices, attributes with their units, yes and no."""

from tastemaker.core.types import Value

UNITS = ("mm", "cm", "m", "km", "g", "kg", "l", "ml", "min", "h")


def price_text(price: float | None, currency: str) -> str:
    """A price in the shop's currency; whole amounts without decimals, "" when unknown."""
    if price is None or price != price:  # NaN is not equal to itself
        return ""
    amount = f"{price:,.0f}" if float(price).is_integer() else f"{price:,.2f}"
    gap = "\N{NO-BREAK SPACE}" if currency[-1:].isalpha() else ""
    return f"{currency}{gap}{amount}"


def labelled(name: str, value: Value) -> tuple[str, str]:
    """An attribute's heading and text; a unit at the end of the name moves behind the number."""
    words = name.replace("_", " ").split()
    unit = words.pop() if isinstance(value, float) and len(words) > 1 and words[-1] in UNITS else ""
    heading = " ".join(words).capitalize() or name
    return heading, f"{value_text(value)}\N{NO-BREAK SPACE}{unit}" if unit else value_text(value)


def value_text(value: Value) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,g}" if isinstance(value, float) and abs(value) >= 10_000 else _plain(value)


def _plain(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
