"""The claims of all articles, and the pipeline, as a user sees them."""

from __future__ import annotations

import signal
import time

import requests
from playwright.sync_api import expect

from tests.browser.conftest import Open, Site
from tests.browser.test_reading import HOSTILE, sample, send


def test_claims_are_ranked_filtered_grouped_and_lead_to_their_place(open_page: Open, site: Site) -> None:
    found = send(site, sample("en-border-talks.json") | {"article_id": "ranked", "source": "Ranked Wire"})
    send(site, HOSTILE)
    page = open_page("#/claims")
    page.get_by_label("Source").select_option("Ranked Wire")
    rows = page.locator(".claims-table tbody tr")
    expect(rows).to_have_count(len(found.claims))
    worths = [float(text) for text in page.locator(".claims-table .worth span").all_inner_texts()]
    assert worths == sorted(worths, reverse=True)
    page.get_by_label("Claim type").select_option("accusation")
    accused = [claim for claim in found.claims if claim.primary_type == "accusation"]
    expect(rows).to_have_count(len(accused))
    name = page.locator(".flow-name").first
    name.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="No longer only speaker")).to_be_visible()
    page.get_by_role("button", name="No longer only speaker").click()
    page.get_by_label("Claim type").select_option("")
    page.get_by_label("Grouped by").select_option("speaker")
    expect(page.locator(".claims-table .group").first).to_contain_text("Codreanu")
    page.get_by_label("Words or names").fill(accused[0].text[:30])
    rows.locator(".claim-text a").first.click()
    expect(page.locator(".claim-card.chosen")).to_contain_text(accused[0].text)
    assert page.evaluate("window.hacked") is None


def test_new_claims_wait_until_the_reader_asks_for_them(open_page: Open, site: Site) -> None:
    found = send(site, sample("en-border-talks.json") | {"article_id": "waiting-1", "source": "Waiting"})
    page = open_page("#/claims")
    page.get_by_label("Source").select_option("Waiting")
    rows = page.locator(".claims-table tbody tr")
    expect(rows).to_have_count(len(found.claims))
    send(site, sample("en-border-talks.json") | {"article_id": "waiting-2", "source": "Waiting"})
    page.get_by_role("button", name="Show one new article").click()
    expect(rows).to_have_count(2 * len(found.claims))


def test_what_was_said_before_is_told(open_page: Open, site: Site) -> None:
    for number in (1, 2, 3):
        send(site, sample("en-border-talks.json") | {"article_id": f"said-{number}", "source": f"Said Wire {number}"})
    page = open_page("#/article/said-2")
    end = time.monotonic() + 60
    while not any(
        claim["said"] for claim in requests.get(site.url + "api/article?id=said-2", timeout=5).json()["claims"]
    ):
        assert time.monotonic() < end, site.logs()
        time.sleep(0.3)
    page.reload()
    page.locator(".claim-card button").first.click()
    expect(page.locator(".claim-card.chosen")).to_contain_text("first by")


def test_a_killed_worker_turns_red_within_fifteen_seconds_and_green_again(open_page: Open, site: Site) -> None:
    page = open_page("#/pipeline")
    stage = page.locator(".stage[data-stage=claims]")
    expect(stage).to_have_attribute("data-state", "up", timeout=60_000)
    expect(page.locator("#health")).to_contain_text("All up")
    page.get_by_role("row", name="articles.claims").wait_for()
    site.workers["claims"].send_signal(signal.SIGKILL)
    started = time.monotonic()
    expect(stage).to_have_attribute("data-state", "down", timeout=15_000)
    expect(page.locator("#health")).to_contain_text("Down")
    assert time.monotonic() - started < 15
    expect(page.get_by_role("status").filter(has_text="Down")).to_contain_text("claims: does not answer")
    site.workers["claims"].wait(10)
    site.workers["claims"] = site.worker("claims")
    expect(stage).to_have_attribute("data-state", "up", timeout=60_000)
    expect(page.get_by_text("Every stage is up.")).to_be_visible(timeout=60_000)


def test_a_dead_letter_is_sent_again_once_confirmed(open_page: Open, site: Site) -> None:
    site.send(b"{no json", key=b"pipeline-dead")
    site.producer.flush()
    page = open_page("#/pipeline")
    letter = page.locator(".letters li").filter(has_text="pipeline-dead")
    expect(letter).to_have_count(1, timeout=60_000)
    letter.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send 1 dead letter again").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(letter).to_have_count(1)
    page.get_by_role("button", name="Send 1 dead letter again").click()
    dialog.get_by_role("button", name="Send again").click()
    expect(letter).to_have_count(2, timeout=30_000)  # it died once more: nobody mended it
    expect(page.get_by_text("Sent again from this console: 1")).to_be_visible()
    assert "replayed" in site.logs()


def test_what_can_not_be_sent_again(site: Site) -> None:
    url = site.url + "api/replay"
    for body, code in (
        ({"letters": [[0, 0]]}, 400),
        ({"letters": [], "confirmed": True}, 400),
        ({"letters": "x", "confirmed": True}, 400),
        ({"letters": [["0", 0]], "confirmed": True}, 400),
        ({"letters": [[True, 0]], "confirmed": True}, 400),
        ({"letters": [[-1, 0]], "confirmed": True}, 400),
        ({"letters": [[0, 999_999]], "confirmed": True}, 404),
        ({"letters": [[999, 0]], "confirmed": True}, 404),
    ):
        answer = requests.post(url, json=body, timeout=30)
        assert (answer.status_code, list(answer.json())) == (code, ["error"]), body
    foreign = requests.post(url, json={}, headers={"origin": "http://evil.example"}, timeout=5)
    assert foreign.status_code == 403
    assert requests.get(site.url + "api/claims?sort=x", timeout=5).status_code == 400
