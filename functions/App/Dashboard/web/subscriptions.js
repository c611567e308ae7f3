// Who is subscribed to a topic, and how far behind.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { Act, FormDialog } from './dialogs.js';
import { html } from './html.js';
import { queueHref, topicHref } from './overview.js';
import { Empty, Field, Loaded, N, Table } from './parts.js';
import { usePoll } from './poll.js';
import { SeekDialog } from './seek.js';
import { can } from './session.js';

/** @param {{ topic: string }} props */
export function SubscriptionsPart({ topic }) {
  const [editing, setEditing] = useState(/** @type {any} */ (null));
  const [seeking, setSeeking] = useState('');
  const list = usePoll(async (signal) => (await ask(calls.subscriptions(topic), signal)).data.subscriptions, [topic], 5);
  const manages = can('manage', 'topic', topic);
  return html`<section aria-label="Subscriptions">
    <div class="bar"><span class="grow"></span>${manages && html`<button type="button" class="solid" onClick=${() => setEditing({})}>New subscription</button>`}</div>
    ${editing && html`<${EditDialog} topic=${topic} subscription=${editing} close=${() => setEditing(null)} done=${list.refresh} />`}
    ${seeking &&
    html`<${SeekDialog} title="Seek ${seeking}" call=${(/** @type {any} */ to) => calls.seekSubscription(topic, seeking, to)} close=${() => setSeeking('')} done=${list.refresh}>
      <p>Forwards again from there, judged by the present filters, as new messages; or skips what lies before.</p>
    <//>`}
    <${Loaded} of=${list}>
      ${(/** @type {any[]} */ all) =>
        all.length === 0
          ? html`<${Empty} title="Nobody is subscribed.">A subscription copies the records that its filters match into a queue.<//>`
          : html`<${Table} caption="Subscriptions" head=${['Subscription', 'Into', 'Filters', { figure: 'Lag' }, 'Behind in', manages ? 'What to do' : '']}>
              ${all.map(
                (s) => html`<tr key=${s.name}>
                  <th scope="row">${s.name}</th>
                  <td>${s.queue ? html`<a href=${queueHref(s.queue)}>${s.queue}</a>` : html`<a href=${topicHref(s.topic)}>${s.topic}</a>`}</td>
                  <td class="glimpse">${s.filters.length === 0 ? html`<span class="dim">everything</span>` : html`<code title=${JSON.stringify(s.filters)}><bdi>${JSON.stringify(s.filters)}</bdi></code>`}</td>
                  <${N} n=${s.lag} />
                  <td>${s.partitions.filter((/** @type {any} */ p) => p.lag > 0).map((/** @type {any} */ p) => html`<span class="attribute">${p.partition}: ${p.lag}</span> `)}</td>
                  <td class="acts">
                    ${manages &&
                    html`<button type="button" onClick=${() => setEditing(s)} aria-label="Edit ${s.name}">Edit</button>
                      <button type="button" onClick=${() => setSeeking(s.name)} aria-label="Seek ${s.name}">Seek</button>`}
                    <${Act} label="Delete" title="Delete the subscription ${s.name}" danger needs="manage" on=${['topic', topic]} call=${calls.deleteSubscription(topic, s.name)} typed=${s.name} told=${() => `${s.name} is deleted.`} done=${list.refresh}>
                      <p>What was routed to it before still arrives; nothing does after.</p>
                    <//>
                  </td>
                </tr>`,
              )}
            <//>`}
    <//>
    <${Commands} call=${calls.subscriptions(topic)} />
  </section>`;
}

function EditDialog({ topic, subscription, close, done }) {
  const fresh = subscription.name === undefined;
  const [name, setName] = useState(subscription.name ?? '');
  const [queue, setQueue] = useState(subscription.queue ?? '');
  const [filters, setFilters] = useState(JSON.stringify(subscription.filters ?? [], null, 2));
  const [from, setFrom] = useState('now');
  const settings = () => {
    /** @type {any} */
    let list;
    try {
      list = JSON.parse(filters);
    } catch {
      throw new Error('The filters are no JSON.');
    }
    return { ...(subscription.topic ? { topic: subscription.topic } : { queue }), filters: list, ...(fresh ? { from } : {}) };
  };
  return html`<${FormDialog}
    title=${fresh ? `New subscription to ${topic}` : `Filters of ${name}`}
    label="Save"
    close=${close}
    call=${() => calls.putSubscription(topic, name, settings())}
    told=${() => `${name} is ${fresh ? 'there' : 'changed'}.`}
    done=${done}
  >
    ${fresh &&
    html`<${Field} label="Name" value=${name} onInput=${setName} required />
      <${Field} label="Into the queue" value=${queue} onInput=${setQueue} required hint="It stays." />
      <${Field} as="select" label="From" value=${from} onInput=${setFrom}>
        <option value="now">now</option>
        <option value="earliest">the earliest record that is kept</option>
      <//>`}
    <${Field} as="textarea" rows="6" class="code" label="Filters" value=${filters} onInput=${setFilters} hint='A list; none is everything. [{"routingKey": ["orders.#"]}]' />
  <//>`;
}
