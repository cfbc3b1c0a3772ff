"""Rebuilds the overview page of a plan as a text table, from the API alone (dựng lại trang từ API).

    python examples/rebuild_page.py http://127.0.0.1:8000 binh-phuoc-2025 --period 2025-Q2 --lang en

Needs nothing but Python; reads as an example of a client in any language.
"""

import argparse
import json
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode, urljoin
from urllib.request import urlopen


def get(address):
    """One answer. Errors come as problem+json, whose `detail` says what to do."""
    with urlopen(address) as answer:  # noqa: S310 (the address is the reader's own)
        return json.load(answer)


def every_page(base, address):
    """The first answer, with the items of all pages after it."""
    first = page = get(urljoin(base, address))
    items = list(page["items"])
    while page["next"]:
        page = get(urljoin(base, page["next"]))
        items += page["items"]
    return first, items


def written(row):
    """A figure as a page writes it: rounded here, for display only, from the exact fraction."""
    value = row["value"]["value"]
    if value is None:
        return "–"
    exact = Decimal(value["numerator"]) / Decimal(value["denominator"])
    if row["threshold"]["measure"] != "percent":
        return str(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return f"{(exact * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} %"


def page(base, plan, lang, **asked):
    """The lines of the page."""
    query = urlencode({name: value for name, value in asked.items() if value})
    about = get(urljoin(base, f"/api/v1/plans/{plan}"))
    first, rows = every_page(base, f"/api/v1/plans/{plan}/overview?{query}")
    yield about["title"][lang]
    yield f"{first['unit']['name'][lang]}, {first['lens']['period']['label'][lang]}"
    if first["about"]["simulated"]:
        yield f"[!] {first['about']['notice'][lang]}"
    for pillar in first["pillars"]:
        yield f"\n{pillar['name'][lang]} ({pillar['targets']})"
        for row in (row for row in rows if row["target"]["pillar"] == pillar["code"]):
            parts = [row["value"][part]["amount"] for part in ("numerator", "denominator")]
            parts = " / ".join("–" if part is None else str(part) for part in parts)
            name, state = row["target"]["name"][lang], row["judgement"]["standing_text"][lang]
            yield f"{row['target']['code']:8}{name[:58]:60}{written(row):>9}  {parts:>20}  {state}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="where the site is, such as http://127.0.0.1:8000")
    parser.add_argument("plan", nargs="?", default="binh-phuoc-2025")
    parser.add_argument("--lang", choices=("vi", "en"), default="vi")
    for name in ("period", "view", "unit"):
        parser.add_argument(f"--{name}")
    print("\n".join(page(**vars(parser.parse_args()))))
