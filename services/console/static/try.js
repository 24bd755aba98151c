// Try it: a text goes to the real topic, and what each stage makes of it is shown as it comes.

import { get, listen, post } from "./api.js";
import { article } from "./article.js";
import { el, field, words } from "./dom.js";
import { STATUSES, seconds } from "./words.js";

const WAIT_SECONDS = 20; // after which the page says that nothing comes

export function show(main) {
  const title = el("input", { name: "title", autocomplete: "off", dir: "auto" });
  const declared = el("input", { name: "language", autocomplete: "off", placeholder: "found by itself", maxlength: 35 });
  const source = el("input", { name: "source", autocomplete: "off", dir: "auto" });
  const text = el("textarea", { name: "text", rows: 12, required: true, dir: "auto", placeholder: "Paste an article, or drop a .txt, .json or .jsonl file here." });
  const file = el("input", { type: "file", accept: ".txt,.json,.jsonl", class: "hush", tabindex: -1, "aria-hidden": "true" });
  const trouble = el("p", { class: "bad", role: "alert" });
  const send = el("button", { type: "submit", class: "primary" }, "Find the claims");
  const result = el("section", { class: "result", "aria-label": "Result" }, empty());
  const form = el(
    "form",
    { class: "try-form stack", novalidate: true },
    field("Text", text),
    field("Title", title),
    el("div", { class: "pair" }, field("Language", declared, "as declared by its publisher, e.g. en"), field("Source", source)),
    el("div", { class: "row" }, send, el("button", { type: "button", onclick: () => file.click() }, "Choose a file")),
    file,
    trouble,
  );
  main.append(el("h1", {}, "Try it"), el("p", { class: "lead" }, "A text goes through the running pipeline; each stage's findings appear as soon as they are there."), el("div", { class: "try" }, form, result));
  let journey = null;

  async function submit(value) {
    trouble.textContent = "";
    send.disabled = true;
    try {
      const answer = await post("/api/articles", value);
      journey?.end();
      journey = follow(result, answer);
    } catch (error) {
      trouble.textContent = `Not sent: ${error.message}.`;
    } finally {
      send.disabled = false;
    }
  }

  async function take(given) {
    if (!given) return;
    text.classList.remove("over");
    const bytes = await given.arrayBuffer();
    try {
      await submit({ name: given.name, content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) });
    } catch {
      trouble.textContent = `Not sent: ${given.name} is not UTF-8 text.`;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim()) {
      trouble.textContent = "There is no text yet.";
      text.focus();
      return;
    }
    submit({ title: title.value, text: text.value, language: declared.value.trim(), source: source.value });
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  file.addEventListener("change", () => take(file.files[0]).then(() => (file.value = "")));
  for (const name of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      text.classList.toggle("over", name === "dragover");
      if (name === "drop") take(event.dataTransfer.files[0]);
    });
  }
  return () => journey?.end();
}

function empty() {
  return el("p", { class: "muted empty" }, "The result will stand here: the text with its claims marked, who says what about whom, and why.");
}

// Follows the articles that were sent; shows the first, and the others on demand.
function follow(result, { sent, refused }) {
  const steps = el("ol", { class: "steps", "aria-label": "Stages" });
  const place = el("div", { class: "result-article", "aria-live": "off" });
  const say = el("p", { class: "small muted", role: "status" });
  const chooser = el("div", { class: "row chooser" });
  let id = sent[0];
  let done = false;
  let asking = false;
  let again = false;
  let begun = Date.now();

  result.replaceChildren(
    ...refused.map((why) => el("p", { class: "bad small" }, "Refused ", words(why.place), ": ", words(why.why))),
    ...(sent.length > 1 ? [chooser] : []),
    steps,
    say,
    place,
  );
  if (sent.length > 1) {
    for (const [n, each] of sent.entries()) {
      const button = el("button", { type: "button", "aria-pressed": String(n === 0), onclick: () => {
        for (const other of chooser.children) other.setAttribute("aria-pressed", String(other === button));
        id = each;
        done = false;
        begun = Date.now();
        ask();
      } }, `Article ${n + 1}`);
      chooser.append(button);
    }
  }

  async function ask() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const asked = id;
      const journey = await get("/api/journey", { id: asked });
      if (asked === id) render(journey);
    } catch (error) {
      say.textContent = error.message;
    }
    asking = false;
    if (again) {
      again = false;
      ask();
    }
  }

  function render(journey) {
    done = journey.done;
    const by = Object.fromEntries(journey.stages.map((stage) => [stage.stage, stage]));
    const waiting = journey.steps.find((step) => !by[step]);
    steps.replaceChildren(
      el("li", { class: "done" }, "sent"),
      ...journey.steps.map((name) => {
        const stage = by[name];
        const state = stage ? "done" : journey.dead?.cause.service === name ? "dead" : name === waiting && !journey.dead ? "now" : "";
        return el("li", { class: state, "data-stage": name }, name, stage && el("span", { class: "muted" }, ` ${seconds(stage.seconds)}`));
      }),
    );
    const last = journey.stages.at(-1);
    if (journey.dead) {
      say.textContent = "It could not be processed.";
      place.replaceChildren(deadLetter(journey.dead));
      return;
    }
    const late = !done && Date.now() - begun > WAIT_SECONDS * 1000;
    say.replaceChildren(
      done ? `Finished after ${seconds(last.seconds)}: ${STATUSES[last.status] ?? last.status}.` : late ? `Nothing from ${waiting} for a while.` : `Waiting for ${waiting}…`,
    );
    const stamp = `${id} ${journey.stages.map((stage) => stage.stage)}`;
    if (place.dataset.stamp !== stamp) place.replaceChildren(article(journey.article));
    place.dataset.stamp = stamp;
  }

  const hush = listen((batch) => {
    if (!done && (batch.fresh || batch.journeys.includes(id))) ask();
  });
  const timer = setInterval(() => done || ask(), 2000);
  ask();
  return {
    end() {
      hush();
      clearInterval(timer);
    },
  };
}

function deadLetter(letter) {
  const cause = letter.cause;
  return el(
    "div",
    { class: "card deadletter" },
    el("h2", {}, `Dead letter: ${cause.reason.replaceAll("_", " ")}`),
    el("p", {}, words(cause.message)),
    el("p", { class: "muted small" }, `In ${cause.service} after ${cause.attempts} ${cause.attempts === 1 ? "attempt" : "attempts"}; its bytes are kept in articles.dead.`),
  );
}
