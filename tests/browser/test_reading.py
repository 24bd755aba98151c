"""Try it, Article and Live, as a user sees them."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from schemas import ClaimsEvent
from tests.browser.conftest import Open, Site

SAMPLES = Path(__file__).parents[2] / "samples"

HOSTILE = {
    "article_id": "hostile/<b>&\"'?#%2F",
    "title": "\"><script>window.hacked = 'title'</script><img src=x onerror=\"window.hacked='img'\">",
    "source": "<svg onload=window.hacked=1>",
    "url": "javascript:window.hacked='url'",
    "authors": ["<i>author</i>"],
    "text": (
        "<script>window.hacked = 'text'</script> The minister 😀 accused the <b>company</b> of bribery &lt;b&gt; &amp;amp;.\r\n"
        "👩‍👩‍👧‍👦 The ministry said on Tuesday that 12 villages had been evacuated \u202eelagive\u202c.\n\n"
        "اتهمت الحكومة الشركة بالرشوة يوم الثلاثاء، وقالت إن 12 قرية أخليت.\n"
        "The mayor of Geneva\u0000 said \"<a href='javascript:window.hacked=1'>Russia</a>\" had broken the ceasefire 17 times."
    ),
}


def sample(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    return value


def event(site: Site, id: str, seconds: float = 60) -> ClaimsEvent:
    """An article's event, once the console has it."""
    end = time.monotonic() + seconds
    while True:
        answer = requests.get(site.url + "api/export", params={"id": id, "as": "json"}, timeout=5)
        if answer.ok:
            return ClaimsEvent.model_validate_json(answer.content)
        assert time.monotonic() < end, site.logs()
        time.sleep(0.2)


def send(site: Site, article: dict[str, Any]) -> ClaimsEvent:
    site.send(json.dumps(article).encode(), key=article["article_id"].encode())
    site.producer.flush()
    return event(site, article["article_id"])


def text_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text")


def test_try_it_shows_each_stage_and_then_the_claims(open_page: Open, site: Site) -> None:
    article = sample("en-border-talks.json")
    page = open_page()
    text_box(page).fill("The first one waits until all services run.")
    page.get_by_role("button", name="Find the claims").click()
    expect(page.get_by_text("Finished after")).to_be_visible(timeout=90_000)

    text_box(page).fill(article["text"])
    page.get_by_label("Title").fill(article["title"])
    page.get_by_label("Language").fill("en")
    started = time.monotonic()
    text_box(page).press("Control+Enter")
    expect(page.locator(".result h1")).to_have_text(article["title"])
    expect(page.locator(".steps .done[data-stage=claims]")).to_be_visible()
    took = time.monotonic() - started
    assert took < 5, f"{took:.1f} s from the click to the claims"
    claims = page.locator(".claim-card")
    assert claims.count() > 5
    first = claims.filter(has_text="Irina Codreanu").filter(has_text="accusation").first
    expect(first).to_contain_text("delegation")
    first.get_by_role("button").click()
    expect(first).to_contain_text("accusation: “accused”")
    expect(page.locator(".text .chosen").first).to_be_visible()


def test_files_are_taken_and_what_is_wrong_with_one_is_told(open_page: Open) -> None:
    page = open_page()
    file = page.locator("input[type=file]")
    file.set_input_files(SAMPLES / "en-dam-inquiry.json")
    expect(page.locator(".result h1")).to_have_text(sample("en-dam-inquiry.json")["title"])
    file.set_input_files({"name": "x.json", "mimeType": "application/json", "buffer": b'{"title": "no text"}'})
    expect(page.get_by_role("alert")).to_contain_text("text: Field required")
    file.set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b"\xff\xfe"})
    expect(page.get_by_role("alert")).to_contain_text("not UTF-8")
    rows = b'{"text": "One."}\n{"text": "Two."}\n{"text": 3}'
    file.set_input_files({"name": "x.jsonl", "mimeType": "text/plain", "buffer": rows})
    expect(page.get_by_text("Refused x.jsonl:3")).to_be_visible()
    page.get_by_role("button", name="Article 2").click()
    expect(page.locator(".result h1")).to_have_text("Two.")


def test_an_empty_text_is_not_sent(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Find the claims").click()
    expect(page.get_by_role("alert")).to_have_text("There is no text yet.")


def test_a_dead_letter_shows_its_cause(open_page: Open, site: Site) -> None:
    page = open_page()
    site.workers["language"].terminate()
    site.workers["language"].wait(30)
    site.workers["language"] = site.worker("language", CLAIMSTREAM_PROCESSING__MAX_ARTICLE_BYTES="3000")
    text_box(page).fill("A ship has left the harbour. " * 200)
    page.get_by_role("button", name="Find the claims").click()
    expect(page.get_by_role("heading", name="Dead letter: too large")).to_be_visible(timeout=60_000)
    expect(page.locator(".deadletter")).to_contain_text("limit 3000")
    site.workers["language"].terminate()
    site.workers["language"].wait(30)
    site.workers["language"] = site.worker("language")


SHOWN = """() => {
  const joined = (name) => {
    const found = {};
    for (const piece of document.querySelectorAll(`.text [data-${name}]`))
      for (const id of piece.dataset[name].split(" ")) found[id] = (found[id] ?? "") + piece.textContent;
    return found;
  };
  return { text: document.querySelector(".text").textContent, claims: joined("c"), mentions: joined("m") };
}"""


def open_article(open_page: Open, id: str, **options: Any) -> Page:
    page = open_page(f"#/article/{requests.utils.quote(id, safe='')}", **options)
    page.locator(".text").wait_for()
    return page


def check_shown(page: Page, found: ClaimsEvent) -> None:
    shown = page.evaluate(SHOWN)
    assert shown["text"] == found.article.text
    assert shown["claims"] == {str(number): claim.span.exact for number, claim in enumerate(found.claims)}
    assert shown["mentions"] == {mention.id: mention.span.exact for mention in found.entities.mentions}


@pytest.mark.parametrize("name", ["en-border-talks", "ar-mina-ighatha", "uk-obstril-stantsiia", "en-mt-broken"])
def test_highlighted_words_are_the_spans(open_page: Open, site: Site, name: str) -> None:
    found = send(site, sample(f"{name}.json") | {"article_id": name})
    page = open_article(open_page, name)
    check_shown(page, found)
    direction = "rtl" if name.startswith("ar") else "ltr"
    assert page.locator(".text p").first.evaluate("(p) => getComputedStyle(p).direction") == direction


def test_a_hostile_article_stays_inert(open_page: Open, site: Site) -> None:
    found = send(site, HOSTILE)
    assert found.claims
    page = open_article(open_page, HOSTILE["article_id"])
    check_shown(page, found)
    assert page.locator(".article-head h1").inner_text() == HOSTILE["title"]
    assert page.locator("main script, main img, main b, main a[href^=javascript]").count() == 0
    page.goto(site.url + "#/live")
    expect(page.get_by_role("link", name=HOSTILE["title"])).to_be_visible()
    page.get_by_role("link", name=HOSTILE["title"]).click()
    page.locator(".text").wait_for()
    time.sleep(0.5)
    assert page.evaluate("window.hacked") is None
    rtl = page.locator(".text p").filter(has_text="اتهمت")
    assert rtl.evaluate("(p) => getComputedStyle(p).direction") == "rtl"


def test_choosing_claims_with_the_keyboard_and_downloads(open_page: Open, site: Site) -> None:
    found = send(site, sample("en-border-talks.json") | {"article_id": "keyboard"})
    page = open_article(open_page, "keyboard")
    page.locator(".marker").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".claim-card.chosen")).to_contain_text(found.claims[1].text)
    expect(page.locator(".text .cue").first).to_be_visible()
    assert page.locator("a[href^='https://www.wikidata.org/wiki/Q']").count() > 0
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    assert ClaimsEvent.model_validate_json(Path(download.value.path()).read_bytes()) == found
    with page.expect_download() as download:
        page.get_by_role("link", name="Text", exact=True).click()
    assert found.claims[1].text[:60] in " ".join(Path(download.value.path()).read_text(encoding="utf-8").split())


def test_exports_of_an_article_and_of_the_claims_shown(open_page: Open, site: Site) -> None:
    found = send(site, sample("en-border-talks.json") | {"article_id": "exports/1", "source": "Export Wire"})
    page = open_article(open_page, "exports/1")
    links = page.get_by_role("navigation", name="Export").get_by_role("link")
    assert links.all_inner_texts()[:5] == ["JSON", "CSV", "ninjs", "Annotations", "ClaimReview"]

    def download(link: Locator) -> tuple[str, str]:
        link.focus()
        with page.expect_download() as started:
            page.keyboard.press("Enter")
        return started.value.suggested_filename, Path(started.value.path()).read_text(encoding="utf-8-sig")

    name, text = download(links.get_by_text("CSV"))
    assert name == "exports_1.csv"
    assert [row["claim_id"] for row in csv.DictReader(io.StringIO(text))] == [claim.claim_id for claim in found.claims]
    name, text = download(links.get_by_text("ninjs"))
    assert name == "exports_1.ninjs.json" and json.loads(text)["bodies"][0]["value"] == found.article.text
    name, text = download(links.get_by_text("Annotations"))
    assert name == "exports_1.annotations.jsonld"
    assert json.loads(text)["total"] == len(found.claims) + len(found.entities.mentions)
    name, text = download(links.get_by_text("ClaimReview"))
    assert name == "exports_1.claimreview.jsonld" and len(json.loads(text)["@graph"]) == len(found.claims)

    page.goto(site.url + "#/claims")
    page.get_by_label("Source").select_option("Export Wire")
    page.get_by_label("Claim type").select_option("accusation")
    accusations = [claim for claim in found.claims if claim.primary_type == "accusation"]
    expect(page.get_by_role("status").filter(has_text="shown of")).to_contain_text(f"{len(accusations)} shown of")
    name, text = download(page.get_by_role("link", name="CSV"))
    assert name == "claims.csv"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["claim_id"] for row in rows} == {claim.claim_id for claim in accusations}


def test_live_filters_and_pause(open_page: Open, site: Site) -> None:
    page = open_page("#/live")
    send(site, sample("en-border-talks.json") | {"article_id": "live-1", "source": "Filter Wire"})
    rows = page.locator(".live > li")
    expect(rows.first).to_contain_text("Talks on the river border")
    page.get_by_label("Source").select_option("Filter Wire")
    expect(rows).to_have_count(1)
    page.get_by_label("Speaker").fill("codreanu")
    page.get_by_label("Name in it").fill("moldova")
    page.get_by_label("Claim type").select_option("accusation")
    page.get_by_label("Language").select_option("en")
    expect(rows).to_have_count(1)
    page.get_by_label("Speaker").fill("nobody")
    expect(rows).to_have_count(0)
    page.get_by_label("Speaker").fill("")
    page.get_by_role("button", name="Pause").click()
    send(site, sample("en-border-talks.json") | {"article_id": "live-2", "source": "Filter Wire"})
    expect(page.get_by_role("status").filter(has_text="Paused")).to_contain_text(re.compile("[1-9][0-9]* new"))
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Go on").click()
    expect(rows).to_have_count(2)


FRAMES = """() => {
  window.gaps = [];
  let last = performance.now();
  const turn = (now) => { window.gaps.push(now - last); last = now; requestAnimationFrame(turn); };
  requestAnimationFrame(turn);
}"""
RATE, SECONDS = 50, 12


def test_live_at_fifty_articles_a_second(open_page: Open, site: Site, record_property: Any) -> None:
    template = send(site, sample("en-border-talks.json") | {"article_id": "load"}).model_dump(mode="json")
    page = open_page("#/live")
    page.locator(".live > li").first.wait_for()
    page.evaluate(FRAMES)
    started = time.monotonic()
    for number in range(RATE * SECONDS):
        template["article"] |= {"article_id": f"load-{number}", "title": f"Load {number}"}
        site.send(json.dumps(template).encode(), key=f"load-{number}".encode(), topic="articles.claims")
        time.sleep(max(0.0, started + (number + 1) / RATE - time.monotonic()))
    last = time.monotonic()
    site.producer.flush()
    expect(page.locator(".live > li").first).to_contain_text(f"Load {RATE * SECONDS - 1}", timeout=5000)
    delay = time.monotonic() - last
    gaps = sorted(page.evaluate("window.gaps"))
    frames = f"frames: median {gaps[len(gaps) // 2]:.0f} ms, longest {gaps[-1]:.0f} ms; last shown after {delay:.2f} s"
    print(frames)
    record_property("frames", frames)
    assert gaps[-1] < 500, frames
    assert page.locator(".live > li").count() == 100
    assert page.evaluate("document.querySelectorAll('*').length") < 4000
