// The frame: which view is shown, the theme, and whether the server is there.

import { connect, get } from "./api.js";
import { show as showArticle } from "./article.js";
import { show as showClaims } from "./claims.js";
import { show as showLive } from "./live.js";
import { show as showPipeline } from "./pipeline.js";
import { show as showTry } from "./try.js";

const VIEWS = { try: showTry, article: showArticle, live: showLive, claims: showClaims, pipeline: showPipeline };

const main = document.getElementById("main");
const notice = document.getElementById("notice");
let leave = () => {};
let shown = null;

function go() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const view = Object.hasOwn(VIEWS, name) ? name : "try";
  leave();
  leave = () => {};
  main.replaceChildren();
  main.className = `view-${view}`;
  for (const anchor of document.querySelectorAll("#nav a")) {
    if (anchor.getAttribute("href") === `#/${view}`) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  leave = VIEWS[view](main, rest.map(decodeURIComponent)) ?? leave;
  document.title = `Claimstream: ${main.querySelector("h1")?.textContent ?? view}`;
  if (shown !== null) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  shown = view;
}

function theme() {
  const root = document.documentElement;
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
}

// The light in the header: the whole pipeline in one word.
async function health() {
  const light = document.getElementById("health");
  const now = await get("/api/state").catch(() => ({ state: "down", why: "the console does not answer" }));
  light.dataset.state = now.state;
  light.querySelector("b").textContent = { up: "All up", warn: "Not ready", down: "Down" }[now.state];
  light.title = now.why ?? "every stage answers and is ready";
}

theme();
health();
setInterval(health, 3000);
connect((there) => {
  notice.hidden = there;
  notice.textContent = there ? "" : "The console does not answer; trying again.";
});
addEventListener("hashchange", go);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
go();
