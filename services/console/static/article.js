// An article: its text with entities and claims in place, and beside it what they are.

import { get } from "./api.js";
import { el, link, words } from "./dom.js";
import { MODES, STATUSES, TYPES, articleAddress, day, language, percent } from "./words.js";

export function show(main, [id, claim]) {
  const place = el("div", {}, el("h1", { class: "hush" }, "Article"), el("p", { class: "muted" }, "Loading…"));
  main.append(place);
  let gone = false;
  get("/api/article", { id: id ?? "" }).then(
    (view) => {
      if (gone) return;
      const shown = article(view);
      place.replaceWith(shown);
      document.title = `Claimstream: ${view.title}`;
      if (claim !== undefined) shown.choose(Number(claim), true);
    },
    (error) => place.replaceChildren(el("h1", {}, "Article"), el("p", { class: "bad", role: "alert" }, `${error.message}.`)),
  );
  return () => {
    gone = true;
  };
}

// The whole of an article; `.choose(number, scroll)` selects a claim.
export function article(view) {
  const text = body(view);
  const cards = (view.claims ?? []).map((claim) => card(claim, (scroll) => choose(claim.n, scroll)));
  const root = el("article", { class: "article" }, head(view), el("div", { class: "columns" }, textSide(view, text), panel(view, cards)));
  let chosen = null;

  function choose(n, scroll) {
    chosen = chosen === n && !scroll ? null : n;
    for (const piece of text.querySelectorAll("[data-c]")) {
      piece.classList.toggle("chosen", chosen !== null && piece.dataset.c.split(" ").includes(String(chosen)));
    }
    for (const cue of text.querySelectorAll("[data-w]")) {
      cue.classList.toggle("cue", chosen !== null && cue.dataset.w.split(" ").includes(String(chosen)));
    }
    cards.forEach((each, number) => each.open(number === chosen));
    if (chosen === null) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    const marker = text.querySelector(`.marker[data-n="${chosen + 1}"]`);
    if (scroll === "card") cards[chosen]?.scrollIntoView({ block: "nearest", behavior: still });
    else if (scroll) marker?.scrollIntoView({ block: "center", behavior: still });
  }

  text.addEventListener("click", (event) => {
    const marker = event.target.closest(".marker");
    const piece = event.target.closest("[data-c]");
    if (marker) choose(Number(marker.dataset.n) - 1, "card");
    else if (piece && !getSelection().toString()) choose(Number(piece.dataset.c.split(" ").at(-1)), "card");
  });
  root.choose = choose;
  return root;
}

function head(view) {
  const facts = [
    view.source && words(view.source),
    view.published_at && el("time", { datetime: view.published_at }, day(view.published_at)),
    view.authors.length > 0 && words(view.authors.join(", ")),
    view.link && link(view.link, "the article where it was published"),
  ].filter(Boolean);
  const found = view.language;
  return el(
    "header",
    { class: "article-head" },
    el("h1", { dir: "auto" }, view.title),
    facts.length > 0 && el("p", { class: "facts muted" }, facts.map((fact) => el("span", {}, fact))),
    el(
      "p",
      { class: "facts" },
      found && el("span", { class: "chip" }, language(found.language), found.language !== "und" && ` ${percent(found.confidence)}`),
      found?.mixed && el("span", { class: "chip" }, "mixed languages"),
      found?.agrees_with_declared === false && el("span", { class: "chip warn" }, `declared as ${language(found.declared)}`),
      view.status && el("span", { class: view.status === "ok" ? "chip" : "chip warn" }, STATUSES[view.status] ?? view.status),
      view.version > 1 && el("span", { class: "chip" }, `version ${view.version}`),
    ),
    view.warnings.map((warning) => el("p", { class: "warning small" }, words(warning))),
    view.exports && exports(view),
  );
}

function body(view) {
  const text = el("div", { class: "text", lang: view.language?.language !== "und" ? view.language?.language : null });
  const begun = new Set();
  for (const pieces of view.paragraphs) {
    const paragraph = el("p", { dir: "auto" });
    for (const piece of pieces) {
      for (const n of piece.c ?? []) {
        if (!begun.has(n)) paragraph.append(marker(view.claims[n]));
        begun.add(n);
      }
      paragraph.append(segment(piece, view.claims));
    }
    text.append(paragraph);
  }
  return text;
}

// A number before a claim. It has no text of its own: the text on the page stays the article's, to the letter.
function marker(claim) {
  return el("button", {
    type: "button",
    class: `marker t-${claim.type}`,
    "data-n": claim.n + 1,
    "aria-label": `Claim ${claim.n + 1}: ${TYPES[claim.type] ?? claim.type}, check-worthiness ${percent(claim.worth)}`,
  });
}

function segment(piece, claims) {
  if (!piece.c && !piece.m && !piece.w) return piece.t;
  const span = el("span", {}, piece.t);
  if (piece.c) {
    span.dataset.c = piece.c.join(" ");
    span.classList.add("claim", `t-${claims[piece.c.at(-1)].type}`);
    if (piece.c.length > 1) span.classList.add("several");
  }
  if (piece.m) {
    const last = piece.m.at(-1);
    span.dataset.m = piece.m.map((mention) => mention.m).join(" ");
    span.classList.add("mention", `e-${last.type}`);
    span.title = last.type;
  }
  if (piece.w) span.dataset.w = [...new Set(piece.w.map(([n]) => n))].join(" ");
  return span;
}

function textSide(view, text) {
  const toggle = (label, className, on) => {
    const box = el("input", { type: "checkbox", checked: on, onchange: () => text.classList.toggle(className, !box.checked) });
    return el("label", { class: "check" }, box, label);
  };
  return el(
    "section",
    { class: "text-side", "aria-label": "Text" },
    (view.claims || view.entities) &&
      el(
        "div",
        { class: "legend small" },
        view.claims && toggle("Claims", "no-claims", true),
        view.entities && toggle("Names", "no-names", true),
        view.entities && ["person", "organisation", "place", "event", "other"].map((type) => el("span", { class: `mention e-${type}` }, type)),
      ),
    text,
  );
}

function panel(view, cards) {
  const side = el("aside", { class: "panel", "aria-label": "Claims and entities" });
  if (view.claims) {
    side.append(
      el("h2", {}, `${cards.length} ${cards.length === 1 ? "claim" : "claims"}`),
      cards.length > 0
        ? el("p", { class: "muted small" }, "The bar is check-worthiness: how likely a fact-checker would want it checked. Never a verdict.")
        : el("p", { class: "muted" }, "No claim was found in this text."),
      el("ol", { class: "cards" }, cards),
    );
  }
  if (view.entities?.length) side.append(el("h2", {}, "Names"), el("ul", { class: "names" }, view.entities.map(entity)));
  if (view.claims) side.append(origins(view));
  return side;
}

function exports(view) {
  const file = ({ as, label, what }) => el("a", { class: "button", href: `/api/export?${new URLSearchParams({ id: view.id, as })}`, download: true, title: what }, label);
  return el(
    "nav",
    { class: "exports", "aria-label": "Export" },
    el("span", { class: "muted small" }, "Export"),
    [...view.exports, { as: "text", label: "Text", what: "for people" }].map(file),
    el("a", { class: "button", href: articleAddress(view.id) }, "Link to this article"),
  );
}

function origins(view) {
  return el("details", { class: "small" }, el("summary", {}, "Models and ids"), el("ul", { class: "plainlist" }, view.processors.map((p) => el("li", {}, `${p.name} ${p.version}`, p.model && ` · ${p.model}`))), el("p", { class: "break" }, "Article ", words(view.id)));
}

export function worth(value) {
  return el("span", { class: "worth" }, el("meter", { min: 0, max: 1, value, "aria-label": "check-worthiness" }), el("span", {}, value.toFixed(2)));
}

function actor(one, fallback) {
  if (!one) return el("span", { class: "muted" }, fallback);
  return el("strong", {}, words(one.name));
}

function card(claim, choose) {
  const details = el("div", { class: "card-more", hidden: true }, more(claim));
  const button = el(
    "button",
    { type: "button", class: "card-open", "aria-expanded": "false", onclick: () => choose(button.getAttribute("aria-expanded") === "false" && "text") },
    el("span", { class: "card-line" }, el("span", { class: `chip t-${claim.type}` }, `${claim.n + 1} ${TYPES[claim.type] ?? claim.type}`), worth(claim.worth)),
    el("span", { class: "who" }, actor(claim.speaker, MODES[claim.mode]), claim.speaker && el("span", { class: "muted" }, ` (${MODES[claim.mode]})`), claim.target && [" → ", actor(claim.target)]),
    el("span", { class: "said", dir: "auto" }, claim.text),
  );
  const item = el("li", { class: `card claim-card t-${claim.type}` }, button, details);
  item.open = (open) => {
    item.classList.toggle("chosen", open);
    button.setAttribute("aria-expanded", String(open));
    details.hidden = !open;
  };
  return item;
}

// How often the same was said, and where first.
export function said({ claims, articles, first }) {
  return [`said ${claims} times in ${articles} ${articles === 1 ? "article" : "articles"}, first by `, el("a", { href: articleAddress(first.article) }, words(first.by ?? first.article)), first.speaker && [" (", words(first.speaker), ")"]];
}

function more(claim) {
  const row = (name, value) => value && [el("dt", {}, name), el("dd", {}, value)];
  const wikidata = (one) => one?.wikidata && [" ", link(`https://www.wikidata.org/wiki/${one.wikidata}`, `Wikidata ${one.wikidata}`)];
  const list = (texts) => texts.map((text, i) => [i > 0 && ", ", words(text)]);
  return el(
    "dl",
    {},
    row("Speaker", claim.speaker && [words(claim.speaker.name), claim.speaker.words && claim.speaker.words !== claim.speaker.name && [", here “", words(claim.speaker.words), "”"], wikidata(claim.speaker)]),
    row("Target", claim.target && [words(claim.target.name), claim.target.words && claim.target.words !== claim.target.name && [", here “", words(claim.target.words), "”"], wikidata(claim.target)]),
    row("Stance", claim.stance !== "asserts" && claim.stance),
    row("Said before", claim.said && said(claim.said)),
    row("Types", claim.types.map((type, i) => [i > 0 && ", ", `${TYPES[type.label] ?? type.label} ${type.score.toFixed(2)}`])),
    row("Why", claim.why.length > 0 && el("ul", { class: "plainlist" }, claim.why.map((cue) => el("li", {}, `${cue.role.replaceAll("_", " ")}: “`, words(cue.text), "”")))),
    row("Numbers", claim.quantities.length > 0 && list(claim.quantities)),
    row("Dates", claim.dates.length > 0 && list(claim.dates.map((date) => (date.value ? `${date.text} (${date.value})` : date.text)))),
    row("Worded", (claim.hedged || claim.negated) && [claim.hedged && "hedged", claim.hedged && claim.negated && ", ", claim.negated && "negated"]),
    row("Can be checked", claim.checkable ? "yes" : "hardly"),
  );
}

function entity(one) {
  return el(
    "li",
    {},
    el("span", { class: `mention e-${one.type}` }, words(one.name)),
    el("span", { class: "muted" }, ` ${one.type}`, one.mentions > 1 && ` ×${one.mentions}`),
    one.wikidata && [" ", link(`https://www.wikidata.org/wiki/${one.wikidata}`, one.wikidata)],
    one.aliases.length > 0 && el("span", { class: "muted aliases" }, "also ", one.aliases.map((alias, i) => [i > 0 && ", ", words(alias)])),
  );
}
