// The first part of a queue's page: how it went, who feeds it, and what can be done to it as a whole.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { Act } from './dialogs.js';
import { count, rate } from './format.js';
import { HistoryCharts } from './history.js';
import { html } from './html.js';
import { topicHref } from './overview.js';
import { Figure, Instant, LoadFault, Table, tell } from './parts.js';
import { usePoll } from './poll.js';
import { SendDialog } from './send.js';
import { can } from './session.js';

/** @param {{ queue: any, refresh: () => void }} props */
export function QueueOverview({ queue, refresh }) {
  const [sending, setSending] = useState(false);
  const { name } = queue;
  return html`<div class="bar">
      ${can('send', 'queue', name) && html`<button type="button" class="solid" onClick=${() => setSending(true)}>Send a message</button>`}
      <span class="grow"></span>
      ${queue.state !== undefined && html`<${Pauses} queue=${queue} refresh=${refresh} />`}
      <${Act}
        label="Purge"
        title="Purge ${name}"
        danger
        needs="manage"
        on=${['queue', name]}
        call=${calls.purge(name)}
        dry=${calls.purge(name, undefined, true)}
        typed=${name}
        repeat
        told=${(/** @type {any} */ _, /** @type {number} */ sum) => `${count(sum)} messages are purged from ${name}.`}
        done=${refresh}
      >
        <p>Drops all live messages for good: ready, leased and scheduled. Dead letters stay.</p>
      <//>
      <${Act}
        label="Delete queue"
        title="Delete ${name}"
        danger
        needs="manage"
        on=${['queue', name]}
        call=${calls.deleteQueue(name)}
        typed=${name}
        told=${() => `${name} is deleted.`}
        done=${() => (location.hash = '#/')}
      >
        <p>Deletes the queue with all that is in it, dead letters too: ${count(total(queue))} messages by the last count.</p>
      <//>
    </div>
    ${sending && html`<${SendDialog} queue=${queue} close=${() => setSending(false)} done=${refresh} />`}
    ${!queue.unseen && html`<${HistoryCharts} queue=${name} />`} ${!queue.unseen && html`<${Whole} name=${name} />`}`;
}

/** @param {any} queue */
const total = ({ counts }) =>
  counts ? counts.ready + counts.leased + counts.scheduled + counts.deadLettered : undefined;

function Pauses({ queue: { name, state = 'active' }, refresh }) {
  if (!can('manage', 'queue', name)) return null;
  const set = async (/** @type {string} */ to) => {
    try {
      await ask(calls.putQueue(name, { state: to }));
      tell(to === 'active' ? `${name} is active.` : `${name}: ${to === 'paused' ? 'sending and receiving are' : to === 'sendPaused' ? 'sending is' : 'receiving is'} paused.`);
    } catch (error) {
      tell(/** @type {Error} */ (error).message, true);
    }
    refresh();
  };
  return html`<label class="inline"
    >State
    <select aria-label="State" value=${state} onChange=${(/** @type {any} */ e) => void set(e.currentTarget.value)}>
      <option value="active">active</option>
      <option value="sendPaused">sending paused</option>
      <option value="receivePaused">receiving paused</option>
      <option value="paused">paused</option>
    </select></label
  >`;
}

/** What is counted from the rows as they are, which costs more the longer the queue is: asked for on demand. */
function Whole({ name }) {
  const [asked, setAsked] = useState(0);
  return html`<section aria-label="Counted now">
    <h2>Counted now</h2>
    ${asked === 0
      ? html`<p class="hint">The figures above are those of the last sweep. To count all rows, and for totals and subscriptions: <button type="button" onClick=${() => setAsked(1)}>Count now</button></p>`
      : html`<${Counted} name=${name} key=${asked} again=${() => setAsked(asked + 1)} />`}
  </section>`;
}

function Counted({ name, again }) {
  const whole = usePoll(async (signal) => (await ask(calls.queue(name), signal)).data, [name], 0);
  if (!whole.data) return html`<${LoadFault} of=${{ error: whole.error, refresh: again }} />${!whole.error && html`<p class="loading">Counting …</p>`}`;
  const { counts, totals, createdAt, subscriptions } = whole.data;
  const age = (Date.now() - new Date(createdAt).getTime()) / 1000;
  return html`<dl class="figures">
      ${Object.entries({ Ready: counts.ready, Leased: counts.leased, Scheduled: counts.scheduled, 'Dead letters': counts.deadLettered }).map(
        ([label, n]) => html`<${Figure} label=${label} value=${count(n)} />`,
      )}
    </dl>
    <dl class="figures">
      ${Object.entries({ Enqueued: totals.enqueued, Delivered: totals.delivered, Acked: totals.acked, Nacked: totals.nacked, 'Leases expired': totals.expired, 'Dead-lettered': totals.deadLettered }).map(
        ([label, n]) => html`<${Figure} label=${label} value=${count(n)} />`,
      )}
    </dl>
    <p class="hint">
      Totals since <${Instant} at=${createdAt} />, on average ${rate(totals.enqueued / age)} in. <button type="button" onClick=${again}>Count again</button>
    </p>
    ${subscriptions.length > 0 &&
    html`<h3>Subscriptions that feed it</h3>
      <${Table} caption="Subscriptions that feed it" head=${['Topic', 'Subscription']}>
        ${subscriptions.map(
          (/** @type {any} */ s) => html`<tr><th scope="row"><a href=${topicHref(s.topic)}>${s.topic}</a></th><td>${s.name ?? s.subscription}</td></tr>`,
        )}
      <//>`}`;
}
