// Claims: every claim of the articles that the console holds, ranked by how much a fact-checker would want it checked.

import { accusations } from "./accusations.js";
import { get, listen } from "./api.js";
import { said, worth } from "./article.js";
import { el, field, select, svg, words } from "./dom.js";
import { MODES, TYPES, articleAddress, day, language } from "./words.js";

const HEIGHT = 120;
const BAR = 12;

export function show(main) {
  let asked = 0; // answers may overtake each other: only the last one asked for is shown
  let fresh = 0;
  const chosen = { speaker: "", target: "" };
  const controls = {
    sort: select([["worth", "Check-worthiness"], ["newest", "Newest first"]]),
    group: select([["", "nothing"], ["speaker", "Speaker"], ["target", "Target"]]),
    type: select([["", "all"], ...Object.entries(TYPES).filter(([type]) => type !== "not_claim")]),
    language: select([["", "all"]]),
    source: select([["", "all"]]),
    q: el("input", { type: "search", autocomplete: "off" }),
  };
  const chips = el("p", { class: "facts" });
  const count = el("p", { class: "muted small", role: "status" });
  const csv = el("a", { class: "button", download: true, hidden: true, title: "all that fit, a row each" }, "CSV");
  const again = el("button", { type: "button", hidden: true, onclick: () => load() });
  const charts = el("div", { class: "charts" });
  const table = el("div", { class: "claims-table" });
  main.append(
    el("div", { class: "title-row" }, el("h1", {}, "Claims"), again),
    el("p", { class: "lead" }, "Ranked by how likely a fact-checker would want them checked. Never a verdict."),
    el("div", { class: "filters" }, field("Ranked by", controls.sort), field("Grouped by", controls.group), field("Claim type", controls.type), field("Language", controls.language), field("Source", controls.source), field("Words or names", controls.q)),
    chips,
    el("div", { class: "exports" }, count, csv),
    charts,
    table,
  );

  function only(name, value) {
    chosen[name] = value;
    load();
  }

  async function load() {
    const turn = ++asked;
    const query = { ...chosen };
    for (const [name, control] of Object.entries(controls)) query[name] = control.value;
    try {
      const view = await get("/api/claims", query);
      if (turn !== asked) return;
      fresh = 0;
      again.hidden = true;
      draw(view);
      csv.href = `/api/export/claims?${new URLSearchParams(query)}`;
      csv.hidden = view.total === 0;
    } catch (error) {
      if (turn === asked) count.textContent = `${error.message}.`;
    }
  }

  function draw(view) {
    choices(controls.language, view.languages, language);
    choices(controls.source, view.sources, (source) => source);
    chips.replaceChildren(
      ...Object.entries(chosen)
        .filter(([, value]) => value)
        .map(([name, value]) => el("button", { type: "button", class: "chip", "aria-label": `No longer only ${name} ${value}`, onclick: () => only(name, "") }, `${name}: `, words(value), " ×")),
    );
    const rows = view.groups.reduce((sum, group) => sum + group.rows.length, 0);
    count.textContent =
      view.held === 0
        ? "No claim yet. Send an article with Try it, or with `claimstream produce`."
        : view.total === 0
          ? `None of ${view.held} claims fits.`
          : `${rows} shown of ${view.total}${view.total < view.held ? ` that fit, of ${view.held}` : ""}.`;
    const pairs = accusations(view.accusations, only);
    charts.replaceChildren(...[timeline(view.timeline), pairs].filter(Boolean));
    table.replaceChildren(...(view.total > 0 ? [listing(view.groups, controls.group.value, only)] : []));
  }

  for (const control of Object.values(controls)) control.addEventListener("input", load);
  load();
  return listen((batch) => {
    if (batch.fresh) return void load();
    fresh += batch.articles.length + batch.missed;
    again.hidden = fresh === 0;
    again.textContent = `Show ${fresh === 1 ? "one new article" : `${fresh} new articles`}`; // rows never move under the reader's hand
  });
}

function choices(control, values, name) {
  const wanted = [control.options[0], ...values.map((value) => new Option(name(value), value, false, value === control.value))];
  if (wanted.length !== control.options.length) control.replaceChildren(...wanted);
}

// How many claims of each type, by time, as stacked bars; the numbers are in each bar's title.
function timeline({ step, bars, earlier }) {
  if (bars.length < 2) return null;
  const most = Math.max(...bars.map((bar) => total(bar)));
  const types = Object.keys(TYPES).filter((type) => bars.some((bar) => bar.types[type]));
  const drawing = svg("svg", { viewBox: `0 0 ${bars.length * BAR} ${HEIGHT}`, preserveAspectRatio: "none", class: "timeline", role: "img", "aria-label": `Claims by ${step}, at most ${most}` });
  bars.forEach((bar, place) => {
    const group = svg("g", {}, svg("title", {}, `${day(bar.at)}: ${types.filter((type) => bar.types[type]).map((type) => `${bar.types[type]} ${TYPES[type]}`).join(", ") || "none"}`), svg("rect", { x: place * BAR, y: 0, width: BAR, height: HEIGHT, class: "bar-ground" }));
    let top = HEIGHT;
    for (const type of types) {
      const height = ((bar.types[type] ?? 0) / most) * (HEIGHT - 4);
      top -= height;
      if (height > 0) group.append(svg("rect", { x: place * BAR + 1, y: top, width: BAR - 2, height, class: `bar-${type}` }));
    }
    drawing.append(group);
  });
  return el(
    "figure",
    { class: "chart" },
    el("figcaption", {}, el("h2", {}, "When"), el("span", { class: "muted small" }, `claims a ${step}, at most ${most}`, earlier > 0 && `; ${earlier} earlier`)),
    drawing,
    el("div", { class: "axis small muted" }, el("time", { datetime: bars[0].at }, day(bars[0].at)), el("time", { datetime: bars.at(-1).at }, day(bars.at(-1).at))),
    el("ul", { class: "keys small" }, types.map((type) => el("li", {}, svg("svg", { viewBox: "0 0 10 10", class: "key", "aria-hidden": "true" }, svg("rect", { width: 10, height: 10, class: `bar-${type}` })), TYPES[type]))),
  );
}

const total = (bar) => Object.values(bar.types).reduce((sum, count) => sum + count, 0);

function listing(groups, by, only) {
  const head = ["Worth", "Type", "Claim", "Speaker → target", "Article"];
  const body = groups.map((group) =>
    el(
      "tbody",
      {},
      by && el("tr", { class: "group" }, el("th", { colspan: head.length, scope: "rowgroup" }, group.name === null ? "nobody named" : el("button", { type: "button", class: "name", onclick: () => only(by, group.name) }, words(group.name)), el("span", { class: "muted" }, ` ${group.count} ${group.count === 1 ? "claim" : "claims"}`))),
      group.rows.map((row) => line(row, only)),
    ),
  );
  return el("table", {}, el("caption", { class: "hush" }, "Claims"), el("thead", {}, el("tr", {}, head.map((name) => el("th", { scope: "col" }, name)))), body);
}

function line(row, only) {
  const name = (role, one) => el("button", { type: "button", class: "name", title: `Only ${role} ${one}`, onclick: () => only(role, one) }, words(one));
  return el(
    "tr",
    {},
    el("td", {}, worth(row.worth)),
    el("td", {}, el("span", { class: `chip t-${row.type}` }, TYPES[row.type] ?? row.type)),
    el("td", { class: "claim-text" }, el("a", { href: articleAddress(row.article, row.n), dir: "auto" }, row.text), row.said && el("div", { class: "small muted" }, said(row.said))),
    el("td", {}, row.speaker ? name("speaker", row.speaker) : el("span", { class: "muted" }, MODES[row.mode]), row.target && [" → ", name("target", row.target)]),
    el("td", { class: "small muted" }, el("span", { dir: "auto" }, row.title), el("br"), row.source && [words(row.source), ", "], el("time", { datetime: row.when }, day(row.when))),
  );
}
