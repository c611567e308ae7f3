// How a queue went: the samples that sweeps have written, as charts.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { Chart } from './chart.js';
import { html } from './html.js';
import { Choice, Loaded } from './parts.js';
import { usePoll } from './poll.js';

/** @param {{ queue: string }} props */
export function HistoryCharts({ queue }) {
  return html`<${Section} queue=${queue} title="History">
    ${(/** @type {Samples} */ { at, counts, perSecond }) => html`<${Chart}
        title="Messages"
        at=${at}
        series=${[
          { name: 'Ready', values: counts('ready') },
          { name: 'Leased', values: counts('leased') },
          { name: 'Dead letters', values: counts('deadLettered') },
        ]}
      />
      <${Chart} title="Per second" at=${at} series=${[{ name: 'In', values: perSecond('enqueued') }, { name: 'Out', values: perSecond('acked') }]} />`}
  <//>`;
}

/** @param {{ queue: string }} props */
export function DeadLetterChart({ queue }) {
  return html`<${Section} queue=${queue} title="Trend">
    ${(/** @type {Samples} */ { at, counts, since }) => html`<${Chart} title="Dead letters" at=${at} series=${[{ name: 'Dead letters', values: counts('deadLettered') }]} />
      <${Chart} title="New ones, by sample" at=${at} series=${[{ name: 'New', values: since('deadLettered') }]} />`}
  <//>`;
}

/** @typedef {{ at: number[], counts: (name: string) => number[], since: (name: string) => number[], perSecond: (name: string) => (number | null)[] }} Samples */

/** @param {any[]} samples @returns {Samples} */
function columns(samples) {
  const at = samples.map((s) => new Date(s.at).getTime() / 1000);
  const since = (/** @type {string} */ name) => samples.map((s) => s.since[name]);
  return {
    at,
    since,
    counts: (name) => samples.map((s) => s.counts[name]),
    perSecond: (name) => since(name).map((n, i) => (i > 0 ? n / Math.max(1, at[i] - at[i - 1]) : null)),
  };
}

function Section({ queue, title, children }) {
  const [hours, setHours] = useState('24');
  const history = usePoll(async (signal) => (await ask(calls.history(queue, Number(hours)), signal)).data.samples, [queue, hours], 60);
  return html`<section aria-label=${title}>
    <div class="title">
      <h2>${title}</h2>
      <${Choice} label="Span" options=${[['1', '1 h'], ['6', '6 h'], ['24', '24 h']]} value=${hours} onChange=${setHours} />
    </div>
    <${Loaded} of=${history}>
      ${(/** @type {any[]} */ samples) =>
        samples.length === 0
          ? html`<p class="hint">No samples yet. A sweep writes one a minute while messages come or go.</p>`
          : html`<div class="charts">${children(columns(samples))}</div>`}
    <//>
  </section>`;
}
