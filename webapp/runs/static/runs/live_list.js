// Keeps the run list's figures as they are now: every element with data-run and data-figure.
"use strict";

const show = {
  status: (element, run) => (element.textContent = run.status),
  progress: (element, run) => (element.value = run.progress),
  steps_per_second: (element, run) =>
    (element.textContent = run.steps_per_second ? Math.round(run.steps_per_second).toLocaleString("en") : "–"),
  windows_count: (element, run) => (element.textContent = run.windows_count),
};

async function refresh() {
  const elements = [...document.querySelectorAll("[data-run]")];
  if (elements.length > 0 && document.visibilityState === "visible") {
    const answer = await fetch("/api/runs?limit=200").catch(() => null);
    const runs = answer?.ok ? (await answer.json()).items : [];
    const byId = new Map(runs.map((run) => [run.id, run]));
    for (const element of elements) {
      const run = byId.get(element.dataset.run);
      if (run) show[element.dataset.figure](element, run);
    }
  }
  setTimeout(refresh, 3000);
}

document.addEventListener("DOMContentLoaded", refresh);
