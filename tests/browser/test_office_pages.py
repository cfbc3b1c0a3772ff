"""Pages that only somebody signed in sees with data on them: they exclude nobody, on any screen."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from tests.browser.test_account_pages import check, make, signed_in

PLAN = "binh-phuoc-2025"
ROUNDS = f"/bo-chi-so/{PLAN}/cac-dot/"
OWN = f"/giao-chi-tieu/{PLAN}/ke-hoach-rieng/"
#: The standing agency's, of a province that the plan's became.
OFFICE = (
    *("/quan-tri/co-quan/", "/quan-tri/co-quan/them/"),
    *(
        "/1022/phan-cong/?linh-vuc=feedback:danger",
        "/viec-hom-nay/",
        "/don-doc/",
        "/hop/",
        "/van-ban/soan/",
        f"/ke-hoach/{PLAN}/cong-bo/",
    ),
    *(f"/giao-chi-tieu/{PLAN}/chi-tieu/CQS-03/giao/", f"/giao-chi-tieu/{PLAN}/chi-tieu/CQS-03/"),
)


def first(page: Page, address: str, selector: str) -> str:
    """Where the first link of a page leads that fits."""
    page.goto(address)
    where = page.locator(f"main {selector}").first.get_attribute("href")
    assert where is not None
    return where.removeprefix("/en")


def test_office_pages_exclude_nobody(chromium: Browser, server: str) -> None:
    (secret,) = make("phong.hop.2:standing-agency:p75.2025")
    page = signed_in(chromium, server, "phong.hop.2", secret, width=320)
    one_round = first(page, server + ROUNDS, "a[href*='/dot/']")
    of_unit = first(page, server + one_round, "tbody a[href*='/dot/']")
    own = first(page, server + OWN, "tbody a[href*='/ke-hoach-rieng/']")
    pages = [
        *OFFICE,
        ROUNDS,
        one_round,
        of_unit,
        OWN,
        own,
        first(page, server + own, "a[href*='/ban/']"),
    ]
    wrong = []
    for root, scheme in (("", "light"), ("/en", "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path in pages:
            wrong += check(page, server + root + path)
    assert wrong == []
    page.context.close()


def test_a_units_pages_about_its_own_plan_exclude_nobody(chromium: Browser, server: str) -> None:
    make("ke.hoach:officer:c25220.2025")  # the sample's draft
    page = signed_in(chromium, server, "ke.hoach", width=320)
    own = f"{OWN}c25220.2025/"
    pages = [own, first(page, server + own, "a[href*='/muc/']"), f"{own}muc-moi/", f"{own}excel/"]
    wrong = []
    for root, scheme in (("", "light"), ("/en", "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path in pages:
            wrong += check(page, server + root + path)
    assert wrong == []
    page.context.close()
