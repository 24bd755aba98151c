"""Who gets in, and whether everyone can use it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Open, Site
from tests.browser.test_reading import sample, send

TOKEN = "a token of this test"
VIEWS = {
    "#/try": ".try",
    "#/article/axe": ".claim-card",
    "#/live": ".live > li",
    "#/claims": ".flow-name",
    "#/pipeline": ".stage",
}

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth)
    .map((e) => e.outerHTML.slice(0, 200))"""


def test_the_page_is_shown_to_whoever_has_the_token(open_page: Open, site: Site) -> None:
    url = site.console(CLAIMSTREAM_CONSOLE__TOKEN=TOKEN)
    page = open_page(url=url)
    expect(page).to_have_url(url + "login#/try")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("heading", name="Try it")).to_be_visible()
    expect(page.locator("#notice")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_accessible(open_page: Open, site: Site, theme: str, width: int) -> None:
    send(site, sample("en-border-talks.json") | {"article_id": "axe", "warnings": "x"})
    page = open_page(color_scheme=theme, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    for view, ready in VIEWS.items():
        page.goto(site.url + view)
        page.locator(ready).first.wait_for()
        if view.startswith("#/article"):
            page.locator(".claim-card button").nth(1).click()
        found = Axe().run(page).response["violations"]
        assert not [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found], view
        wide = page.evaluate(TOO_WIDE)
        assert not wide, f"{view} is wider than {width} px: {wide}"
        assert page.title().startswith("Claimstream: ")


def test_the_theme_is_kept(open_page: Open) -> None:
    page = open_page(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    page.locator(".try").wait_for()
    assert page.evaluate(ground) == dark
