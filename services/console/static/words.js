// How codes of the events read to a person.

export const TYPES = {
  accusation: "accusation",
  prediction: "prediction",
  quantity: "quantity",
  position: "position",
  causation: "causation",
  rule: "rule",
  event: "event",
  personal_experience: "experience",
  other_claim: "other claim",
  not_claim: "no claim",
};

export const MODES = { direct: "quoted", indirect: "reported", author: "the article itself", unknown: "someone unnamed" };

export const STATUSES = {
  ok: "read in full",
  truncated: "read in part: too long",
  unsupported_language: "language not served",
  skipped: "nothing to read",
};

const names = new Intl.DisplayNames("en", { type: "language" });

export function language(code) {
  if (!code || code === "und") return "undetermined";
  try {
    return names.of(code);
  } catch {
    return code;
  }
}

export const percent = (share) => `${Math.round(share * 100)} %`;

export const number = (value) => Number(value).toLocaleString("en", { maximumFractionDigits: 1 });

export function seconds(value) {
  if (value === null || value === undefined) return "–";
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  if (value < 120) return `${value.toFixed(1)} s`;
  return value < 7200 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
}

export const time = (iso) => new Date(iso).toLocaleTimeString("en-GB");

export const day = (iso) => new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });

export const articleAddress = (id, claim) =>
  `#/article/${encodeURIComponent(id)}${claim === undefined ? "" : `/${claim}`}`;
