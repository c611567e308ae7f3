// The last hour of a queue in a row of the overview: asked for when the row is seen, and once a minute from then on.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { rate } from './format.js';
import { html } from './html.js';
import { Sparkline } from './parts.js';
import { usePoll } from './poll.js';

/** So many are under way at once. */
const MOST = 3;
let under = 0;
/** @type {(() => void)[]} */
const waiting = [];

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
async function inTurn(work) {
  if (under >= MOST) await new Promise((go) => waiting.push(() => go(undefined)));
  under++;
  try {
    return await work();
  } finally {
    under--;
    waiting.shift()?.();
  }
}

/** @param {any[]} samples oldest first */
export function ratesOf(samples) {
  const last = samples.at(-1);
  const before = samples.at(-2);
  if (!last || !before || Date.now() - new Date(last.at).getTime() > 5 * 60_000) return { into: null, out: null };
  const seconds = Math.max(1, (new Date(last.at).getTime() - new Date(before.at).getTime()) / 1000);
  return { into: last.since.enqueued / seconds, out: last.since.acked / seconds };
}

function Known({ queue }) {
  const history = usePoll((signal) => inTurn(async () => (await ask(calls.history(queue, 1), signal)).data.samples), [queue], 60);
  const samples = history.data ?? [];
  const { into, out } = ratesOf(samples);
  return html`<td class="n">${rate(into)}</td>
    <td class="n">${rate(out)}</td>
    <td><${Sparkline} values=${samples.map((/** @type {any} */ s) => s.counts.ready + s.counts.leased)} label="Backlog of the last hour" /></td>`;
}

/** Three cells. @param {{ queue: string }} props */
export function Trend({ queue }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!place.current) return;
    const watch = new IntersectionObserver((entries) => setSeen(entries.some((entry) => entry.isIntersecting)));
    // The row stays, whatever its cells become.
    watch.observe(/** @type {HTMLElement} */ (place.current.parentElement));
    return () => watch.disconnect();
  }, []);
  return seen ? html`<${Known} queue=${queue} />` : html`<td ref=${place} class="n">–</td><td class="n">–</td><td></td>`;
}
