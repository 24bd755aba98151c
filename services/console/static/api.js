// Talking to the server. Failures are errors whose message a person can read.

async function answerOf(request) {
  let answer;
  try {
    answer = await request;
  } catch {
    throw new Error("the console does not answer");
  }
  if (answer.status === 401) location.assign("/login" + location.hash);
  const value = await answer.json().catch(() => ({ error: `the console answered ${answer.status}` }));
  if (!answer.ok) throw Object.assign(new Error(value.error), { status: answer.status });
  return value;
}

export const get = (path, query = {}) => answerOf(fetch(`${path}?${new URLSearchParams(query)}`));

export const post = (path, value) =>
  answerOf(fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(value) }));

// News from the server for whoever listens: functions that take a batch, and are told of a new connection.
const listeners = new Set();

export function listen(take) {
  listeners.add(take);
  return () => listeners.delete(take);
}

export function connect(onState) {
  const source = new EventSource("/api/stream");
  source.addEventListener("open", () => {
    onState(true);
    for (const take of listeners) take({ articles: [], journeys: [], dead: 0, missed: 0, fresh: true });
  });
  source.addEventListener("error", () => {
    onState(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect(onState), 2000);
  });
  source.addEventListener("message", (event) => {
    const batch = JSON.parse(event.data);
    for (const take of listeners) take(batch);
  });
}
