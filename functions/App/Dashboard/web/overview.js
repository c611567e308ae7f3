// All queues and topics, with what they hold.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { CreateQueue, CreateTopic } from './create.js';
import { duration } from './format.js';
import { html } from './html.js';
import { Badge, Empty, Fault, Field, Loaded, N, Table } from './parts.js';
import { usePoll } from './poll.js';
import { can } from './session.js';
import { Trend } from './trend.js';

/** @param {string} name */
export const queueHref = (name) => `#/queues/${encodeURIComponent(name)}`;
/** @param {string} name */
export const topicHref = (name) => `#/topics/${encodeURIComponent(name)}`;

/** A page of a list, with a way on and back. @param {{ list: 'queues' | 'topics', prefix: string, children: (items: any[], refresh: () => void) => any }} props */
function Paged({ list, prefix, children }) {
  const [trail, setTrail] = useState(/** @type {string[]} */ ([]));
  const [of, setOf] = useState(prefix);
  if (of !== prefix) {
    setOf(prefix);
    setTrail([]);
  }
  const page = usePoll(async (signal) => (await ask(calls[list](prefix, trail.at(-1)), signal)).data, [list, prefix, trail.at(-1)], 5);
  return html`<${Loaded} of=${page}>
    ${(/** @type {any} */ data) => html`${children(data[list], page.refresh)}
      ${(trail.length > 0 || data.continuation) &&
      html`<p class="more">
        <button type="button" disabled=${trail.length === 0} onClick=${() => setTrail(trail.slice(0, -1))}>Previous ${list}</button>
        <span>Page ${trail.length + 1}</span>
        <button type="button" disabled=${!data.continuation} onClick=${() => setTrail([...trail, data.continuation])}>Next ${list}</button>
      </p>`}`}
  <//>`;
}

function QueueRow({ queue }) {
  const counts = queue.counts ?? {};
  return html`<tr>
    <th scope="row"><a href=${queueHref(queue.name)}>${queue.name}</a></th>
    <td>
      ${queue.type === 'fifo' ? html`<${Badge}>FIFO<//>` : html`<span class="dim">standard</span>`}
      ${queue.state && queue.state !== 'active' && html` <${Badge} kind="warn">${stateText(queue.state)}<//>`}
    </td>
    <${N} n=${counts.ready} /><${N} n=${counts.leased} /><${N} n=${counts.scheduled} />
    <td class="n ${counts.deadLettered > 0 ? 'bad' : ''}">
      ${counts.deadLettered > 0
        ? html`<a href="${queueHref(queue.name)}/deadletters">${counts.deadLettered.toLocaleString('en-US')}</a>`
        : html`<${Zero} n=${counts.deadLettered} />`}
    </td>
    <td class="n">${duration(queue.oldestMessageAgeSeconds)}</td>
    <${Trend} queue=${queue.name} />
  </tr>`;
}

const Zero = ({ n }) => (n === undefined ? '–' : n);

/** @param {string} state */
export const stateText = (state) =>
  ({ sendPaused: 'sending paused', receivePaused: 'receiving paused', paused: 'paused' })[state] ?? state;

export function OverviewPage() {
  const [prefix, setPrefix] = useState('');
  const [creating, setCreating] = useState('');
  const bad = /[^\w.-]/.test(prefix);
  const asked = bad ? '' : prefix;
  return html`<div class="title"><h1 tabindex="-1">Overview</h1></div>
    <form class="bar" role="search" onSubmit=${(/** @type {Event} */ e) => e.preventDefault()}>
      <${Field} label="Names that begin with" type="search" value=${prefix} onInput=${setPrefix} />
      <span class="grow"></span>
      ${can('manage') && html`<button type="button" onClick=${() => setCreating('queue')}>New queue</button>`}
      ${can('manage') && html`<button type="button" onClick=${() => setCreating('topic')}>New topic</button>`}
    </form>
    ${bad && html`<${Fault} error=${{ message: 'Names have letters, digits, hyphens, underscores and dots only.' }} />`}
    ${creating === 'queue' && html`<${CreateQueue} close=${() => setCreating('')} />`}
    ${creating === 'topic' && html`<${CreateTopic} close=${() => setCreating('')} />`}
    <section aria-label="Queues">
      <h2>Queues</h2>
      ${can('inspect')
        ? html`<${Paged} list="queues" prefix=${asked}>
            ${(/** @type {any[]} */ queues) =>
              queues.length === 0
                ? html`<${Empty} title=${asked ? 'No queue begins so.' : 'There are no queues yet.'}>
                    ${asked ? 'Look for another beginning.' : can('manage') ? 'Make one with “New queue”, and send a test message from its page.' : 'Your key may not make one; whoever has the right manage can.'}
                  <//>`
                : html`<${Table}
                    caption="Queues"
                    head=${['Queue', 'Type', { figure: 'Ready' }, { figure: 'Leased' }, { figure: 'Scheduled' }, { figure: 'Dead letters' }, { figure: 'Oldest' }, { figure: 'In' }, { figure: 'Out' }, 'Backlog, 1 h']}
                  >
                    ${queues.map((queue) => html`<${QueueRow} key=${queue.name} queue=${queue} />`)}
                  <//>`}
          <//>`
        : html`<${Empty} title="Your key may not list queues.">It lacks the right inspect.<//>`}
    </section>
    <section aria-label="Topics">
      <h2>Topics</h2>
      ${can('inspect') &&
      html`<${Paged} list="topics" prefix=${asked}>
        ${(/** @type {any[]} */ topics) =>
          topics.length === 0
            ? html`<${Empty} title=${asked ? 'No topic begins so.' : 'There are no topics yet.'}>A topic hands each record to every queue that subscribes to it.<//>`
            : html`<${Table} caption="Topics" head=${['Topic', { figure: 'Partitions' }, { figure: 'Kept for' }, 'Unroutable go to']}>
                ${topics.map(
                  (topic) => html`<tr key=${topic.name}>
                    <th scope="row"><a href=${topicHref(topic.name)}>${topic.name}</a></th>
                    <${N} n=${topic.partitions} />
                    <td class="n">${topic.retentionSeconds === null ? 'ever' : duration(topic.retentionSeconds)}</td>
                    <td>${topic.alternateQueue ? html`<a href=${queueHref(topic.alternateQueue)}>${topic.alternateQueue}</a>` : html`<span class="dim">nowhere</span>`}</td>
                  </tr>`,
                )}
              <//>`}
      <//>`}
    </section>`;
}
