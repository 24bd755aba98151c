// Pipeline: what is up, how far behind, how fast and how late; what died, and sending it again.

import { get, post } from "./api.js";
import { el, words } from "./dom.js";
import { articleAddress, day, number, seconds, time } from "./words.js";

const EVERY = 2000;
const STATES = { up: "up", warn: "not ready", down: "down" };

export function show(main) {
  const overall = el("p", { class: "overall", role: "status" });
  const stages = el("div", { class: "stages" });
  const topics = el("div", {});
  const dead = deadLetters();
  main.append(el("h1", {}, "Pipeline"), overall, stages, dead.root, el("section", {}, el("h2", {}, "Topics"), topics));
  let gone = false;

  async function load() {
    try {
      const view = await get("/api/pipeline");
      if (gone) return;
      tell(overall, view);
      stages.replaceChildren(...view.stages.map(stage));
      topics.replaceChildren(topicTable(view.topics));
      dead.draw(view.letters, view.replays);
    } catch (error) {
      tell(overall, { state: "down", why: error.message });
    }
  }

  load();
  const timer = setInterval(load, EVERY);
  return () => {
    gone = true;
    clearInterval(timer);
  };
}

// Said again only when it changed: a screen reader reads every change of a status aloud.
function tell(overall, { state, why }) {
  const text = { up: "Every stage is up.", warn: "Not ready: ", down: "Down: " }[state] + (why ?? "");
  if (overall.dataset.text === text) return;
  overall.dataset.text = text;
  overall.dataset.state = state;
  overall.replaceChildren(el("span", { class: "dot", "aria-hidden": "true" }), el("span", {}, text));
}

function stage(one) {
  const fact = (name, value) => [el("dt", {}, name), el("dd", {}, value)];
  const per = one.rate === null ? "–" : one.rate > 0 && one.rate < 1 ? `${number(one.rate * 60)} a minute` : `${number(one.rate)} a second`;
  return el(
    "section",
    { class: "card stage", "data-state": one.state, "data-stage": one.name, "aria-label": one.name },
    el("h2", {}, el("span", { class: "dot", "aria-hidden": "true" }), one.name, el("span", { class: "state" }, STATES[one.state])),
    el("p", { class: "small muted" }, el("code", {}, one.reads), " → ", el("code", {}, one.writes)),
    el(
      "dl",
      {},
      fact("Waiting", one.lag === null ? "unknown" : `${number(one.lag)} ${one.lag === 1 ? "message" : "messages"}${one.lag && one.lag_seconds !== null ? `, ${seconds(one.lag_seconds)}` : ""}`),
      fact("Rate", per),
      fact("Delay", Object.values(one.latency).every((value) => value === null) ? "–" : Object.entries(one.latency).map(([name, value], i) => [i > 0 && " · ", el("span", { class: "nowrap" }, `${name} ${seconds(value)}`)])),
    ),
    el(
      "ul",
      { class: "plainlist small" },
      one.workers.map((worker) =>
        el("li", { "data-state": worker.state }, el("span", { class: "dot", "aria-hidden": "true" }), el("span", {}, worker.address.replace(/^https?:\/\//, ""), ` ${STATES[worker.state]}`, worker.restarts > 0 && `, started again ${worker.restarts}×`, worker.reasons.map((why) => el("span", { class: "reason" }, why)))),
      ),
    ),
  );
}

function topicTable(topics) {
  if (topics.length === 0) return el("p", { class: "muted" }, "Kafka does not answer.");
  const cell = (text) => el("td", { class: "number" }, text);
  return el(
    "table",
    { class: "plain-table" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Topic"), ["Ever", "Kept", "A second"].map((name) => el("th", { scope: "col", class: "number" }, name)))),
    el("tbody", {}, topics.map((topic) => el("tr", {}, el("th", { scope: "row" }, el("code", {}, topic.name), el("span", { class: "muted small summary" }, topic.summary)), cell(number(topic.produced)), cell(number(topic.kept)), cell(topic.rate === null ? "–" : number(topic.rate))))),
  );
}

function deadLetters() {
  const picked = new Map(); // "partition@offset" -> [partition, offset]
  let drawn = "";
  const list = el("div", {});
  const past = el("div", {});
  const problem = el("p", { class: "bad", role: "alert" });
  const again = el("button", { type: "button", disabled: true, onclick: () => question.showModal() });
  const all = el("input", { type: "checkbox", onchange: () => list.querySelectorAll("input").forEach((box) => box.checked !== all.checked && box.click()) });
  const asked = el("p", { id: "asked" });
  const yes = el("button", { type: "button", class: "primary", onclick: send }, "Send again");
  const question = el(
    "dialog",
    { class: "card", "aria-labelledby": "asked" },
    el("div", { class: "stack" }, asked, el("p", { class: "muted small" }, "Event ids stay the same: doing it twice does no harm. It is logged with your address."), el("p", { class: "row" }, yes, el("button", { type: "button", onclick: () => question.close() }, "Cancel"))),
  );
  const root = el("section", { "aria-label": "Dead letters" }, el("div", { class: "title-row" }, el("h2", {}, "Dead letters"), el("p", { class: "row" }, el("label", { class: "check" }, all, "All shown"), again)), problem, list, past, question);

  function tally() {
    const letters = `${picked.size} dead ${picked.size === 1 ? "letter" : "letters"}`;
    again.disabled = picked.size === 0;
    again.textContent = picked.size === 0 ? "Send again…" : `Send ${letters} again…`;
    asked.textContent = `Send ${letters} back to where ${picked.size === 1 ? "it" : "they"} died?`;
  }

  async function send() {
    yes.disabled = true;
    problem.textContent = "";
    try {
      await post("/api/replay", { letters: [...picked.values()], confirmed: true });
      picked.clear();
      all.checked = false;
      list.querySelectorAll("input").forEach((box) => (box.checked = false));
    } catch (error) {
      problem.textContent = `Not sent: ${error.message}.`;
    }
    yes.disabled = false;
    question.close();
    tally();
  }

  function draw(letters, replays) {
    past.replaceChildren(...(replays.length > 0 ? [history(replays)] : []));
    const now = letters.map((letter) => `${letter.partition}@${letter.offset}`);
    if (drawn === now.join()) return; // nothing moves under the reader's hand
    for (const place of [...picked.keys()]) if (!now.includes(place)) picked.delete(place);
    drawn = now.join();
    all.closest("label").hidden = again.hidden = letters.length === 0;
    list.replaceChildren(letters.length === 0 ? el("p", { class: "muted" }, "None: every article was read.") : el("ul", { class: "letters" }, letters.map((letter) => row(letter))));
    tally();
  }

  function row(letter) {
    const place = `${letter.partition}@${letter.offset}`;
    const box = el("input", { type: "checkbox", checked: picked.has(place), "aria-label": `Choose ${letter.article ?? place}` });
    box.addEventListener("change", () => {
      if (box.checked) picked.set(place, [letter.partition, letter.offset]);
      else picked.delete(place);
      tally();
    });
    return el(
      "li",
      {},
      box,
      el(
        "div",
        {},
        el("p", {}, el("strong", {}, letter.cause.reason.replaceAll("_", " ") || "unknown cause"), " in ", letter.cause.service || "an unknown service", ": ", words(letter.article ?? "(no id)")),
        el("p", { class: "small break" }, words(letter.cause.message)),
        el("details", { class: "small" }, el("summary", {}, "What it was"), el("p", { class: "muted" }, day(letter.at), `; from ${letter.cause.topic} ${letter.cause.partition}@${letter.cause.offset}; ${letter.bytes === null ? "no value" : `${number(letter.bytes)} bytes`}; kept at ${place}`), letter.article && el("p", {}, el("a", { href: articleAddress(letter.article) }, "the article, if it was read since")), el("pre", { class: "break" }, letter.preview ?? "")),
      ),
    );
  }

  tally();
  return { root, draw };
}

function history(replays) {
  return el(
    "details",
    { class: "small" },
    el("summary", {}, `Sent again from this console: ${replays.length}`),
    el("ul", { class: "plainlist" }, replays.map((one) => el("li", {}, `${time(one.at)} by ${one.by}: ${Object.entries(one.sent).map(([topic, count]) => `${count} to ${topic}`).join(", ")} (${one.letters.map((pair) => pair.join("@")).join(", ")})`))),
  );
}
