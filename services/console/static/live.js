// Live: articles as they are enriched, newest first. The list is bounded and touched a few times a second at most.

import { get, listen } from "./api.js";
import { el, field, select, words } from "./dom.js";
import { MODES, STATUSES, TYPES, articleAddress, language, time } from "./words.js";

const KEPT = 500; // articles that filters see
const ROWS = 100; // articles in the document

export function show(main) {
  const kept = new Map(); // id -> article, oldest first
  let waiting = [];
  let paused = false;

  const filters = {
    language: select([["", "all"]]),
    source: select([["", "all"]]),
    type: select([["", "all"], ...Object.entries(TYPES).filter(([type]) => type !== "not_claim")]),
    speaker: el("input", { type: "search", autocomplete: "off" }),
    entity: el("input", { type: "search", autocomplete: "off" }),
  };
  const pause = el("button", { type: "button", "aria-pressed": "false" }, "Pause");
  const count = el("p", { class: "muted small", role: "status" });
  const list = el("ol", { class: "live", reversed: true, "aria-label": "Articles, newest first" });
  main.append(
    el("div", { class: "title-row" }, el("h1", {}, "Live"), pause),
    el("div", { class: "filters" }, field("Language", filters.language), field("Source", filters.source), field("Claim type", filters.type), field("Speaker", filters.speaker), field("Name in it", filters.entity)),
    count,
    list,
  );

  const contains = (names, wanted) => names.some((name) => name.toLowerCase().includes(wanted));
  const wanted = () => {
    const speaker = filters.speaker.value.trim().toLowerCase();
    const entity = filters.entity.value.trim().toLowerCase();
    return (one) =>
      (!filters.language.value || one.language === filters.language.value) &&
      (!filters.source.value || one.source === filters.source.value) &&
      (!filters.type.value || one.types[filters.type.value] > 0) &&
      (!speaker || contains(one.speakers, speaker)) &&
      (!entity || contains(one.entities, entity));
  };

  function keep(articles) {
    for (const one of articles) {
      kept.delete(one.id);
      kept.set(one.id, one);
      offer(filters.language, one.language, language(one.language));
      offer(filters.source, one.source, one.source);
    }
    for (const id of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(id);
    }
  }

  function tell() {
    count.textContent = paused
      ? `Paused; ${waiting.length >= KEPT ? `more than ${KEPT}` : waiting.length} new since.`
      : kept.size === 0
        ? "No article yet. Send one with Try it, or with `claimstream produce`."
        : `${list.childElementCount} shown of the last ${kept.size}.`;
  }

  function refill() {
    list.replaceChildren(...[...kept.values()].reverse().filter(wanted()).slice(0, ROWS).map(row));
    tell();
  }

  function add(articles) {
    const fits = wanted();
    const ids = new Set(articles.map((one) => one.id));
    for (const item of [...list.children]) if (ids.has(item.dataset.id)) item.remove();
    const newest = [...new Map(articles.map((one) => [one.id, one])).values()].reverse().filter(fits).slice(0, ROWS);
    list.prepend(...newest.map(row));
    while (list.childElementCount > ROWS) list.lastElementChild.remove();
    tell();
  }

  async function load() {
    try {
      keep((await get("/api/articles")).reverse());
      refill();
    } catch (error) {
      count.textContent = error.message;
    }
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    if (!paused) {
      keep(waiting);
      waiting = [];
      refill();
    }
    tell();
  });
  for (const control of Object.values(filters)) control.addEventListener("input", refill);
  load();
  return listen((batch) => {
    if (batch.fresh) return void (paused || load());
    if (batch.articles.length === 0) return;
    if (paused) {
      waiting = [...waiting, ...batch.articles].slice(-KEPT);
      tell();
    } else {
      keep(batch.articles);
      add(batch.articles);
    }
  });
}

function offer(control, value, text) {
  if (!value || control.options.length > 200 || [...control.options].some((option) => option.value === value)) return;
  const next = [...control.options].slice(1).find((option) => option.text.localeCompare(text) > 0);
  control.add(new Option(text, value), next ?? null);
}

function row(one) {
  return el(
    "li",
    { "data-id": one.id, "data-at": one.at },
    el("div", { class: "live-meta small muted" }, el("time", { datetime: one.at }, time(one.at)), el("span", { class: "chip" }, language(one.language)), one.source && words(one.source), one.status !== "ok" && el("span", { class: "chip warn" }, STATUSES[one.status] ?? one.status)),
    el("h2", { class: "live-title" }, el("a", { href: articleAddress(one.id), dir: "auto" }, one.title)),
    one.top.map((claim) =>
      el(
        "p",
        { class: "live-claim" },
        el("span", { class: `chip t-${claim.type}` }, TYPES[claim.type] ?? claim.type),
        " ",
        el("strong", {}, words(claim.speaker ?? MODES[claim.mode])),
        claim.target && [" → ", el("strong", {}, words(claim.target))],
        el("a", { class: "said", href: articleAddress(one.id, claim.n), dir: "auto" }, claim.text),
      ),
    ),
    one.claims > one.top.length && el("p", { class: "small muted" }, `and ${one.claims - one.top.length} more claims`),
  );
}
