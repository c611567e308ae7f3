// Messages of a queue by their status; a look leases nothing.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { glimpse } from './body.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { Act } from './dialogs.js';
import { cut, visible } from './format.js';
import { html } from './html.js';
import { queueHref } from './overview.js';
import { Choice, Empty, Field, Foreign, Instant, LoadFault, More, N, Table, tell } from './parts.js';
import { usePages } from './poll.js';
import { SendDialog } from './send.js';
import { can } from './session.js';

/** @param {string} queue @param {string} id @param {string} [part] */
export const messageHref = (queue, id, part = 'messages') => `${queueHref(queue)}/${part}/${id}`;

/** Whether a message has the text anywhere in what is shown of it. @param {any} m @param {string} text */
export const mentions = (m, text) =>
  !text ||
  [m.messageId, m.body ?? '', m.groupId ?? '', m.deadLetterReason ?? '', m.traceparent ?? '', ...Object.entries(m.attributes).flat()].some((value) =>
    String(value).toLowerCase().includes(text.toLowerCase()),
  );

/** @param {{ queue: any, refresh: () => void }} props */
export function MessagesPart({ queue, refresh }) {
  const [status, setStatus] = useState('ready');
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const { name } = queue;
  const pages = usePages(
    async (continuation, signal) => {
      const { data } = await ask(calls.peek(name, status, continuation), signal);
      return { items: data.messages, continuation: data.continuation };
    },
    [name, status],
  );
  const renew = () => {
    pages.refresh();
    refresh();
  };
  const found = (pages.items ?? []).filter((m) => mentions(m, text));
  return html`<section aria-label="Messages">
    <div class="bar">
      <${Choice} label="Status" options=${[['ready', 'Ready'], ['leased', 'Leased'], ['scheduled', 'Scheduled']]} value=${status} onChange=${setStatus} />
      <${Field} label="Filter what is loaded" type="search" value=${text} onInput=${setText} />
      <span class="grow"></span>
      <button type="button" onClick=${pages.refresh}>Refresh</button>
      ${can('send', 'queue', name) && html`<button type="button" class="solid" onClick=${() => setSending(true)}>Send a message</button>`}
    </div>
    ${sending && html`<${SendDialog} queue=${queue} close=${() => setSending(false)} done=${renew} />`}
    <${LoadFault} of=${pages} />
    ${pages.waits && html`<p class="loading">Loading …</p>`}
    ${pages.items?.length === 0 &&
    html`<${Empty} title="No ${status} messages.">
      ${{ ready: 'Send a test message to see one here.', leased: 'A message is leased while a consumer works on it.', scheduled: 'A message with a delay, or one to be retried, waits here.' }[status]}
    <//>`}
    ${pages.items && pages.items.length > 0 && found.length === 0 && html`<${Empty} title="Nothing that is loaded has this text.">Load more, or look for something else.<//>`}
    ${found.length > 0 &&
    html`<${Table}
      caption="${status} messages"
      head=${['Message', 'Body', 'Attributes', ...(queue.type === 'fifo' ? ['Group'] : []), { figure: 'Deliveries' }, 'Enqueued', ...(status === 'ready' ? [] : status === 'leased' ? ['Lease ends', 'Held by'] : ['Due', ''])]}
    >
      ${found.map((m) => html`<${MessageRow} key=${m.messageId} queue=${queue} m=${m} status=${status} renew=${renew} />`)}
    <//>`}
    <${More} pages=${pages} what="messages" />
    <${Commands} call=${calls.peek(name, status)} />
  </section>`;
}

function MessageRow({ queue: { name, type }, m, status, renew }) {
  return html`<tr>
    <th scope="row"><a class="id" href=${messageHref(name, m.messageId)} title=${m.messageId}>…${m.messageId.slice(9, 23)}…</a></th>
    <td class="glimpse"><bdi>${glimpse(m)}</bdi></td>
    <td class="glimpse"><${Attributes} of=${m.attributes} /></td>
    ${type === 'fifo' && html`<td><${Foreign} text=${cut(m.groupId ?? '', 40)} /></td>`}
    <${N} n=${m.deliveryCount} />
    <td><${Instant} at=${m.enqueuedAt} /></td>
    ${status !== 'ready' && html`<td><${Instant} at=${m.visibleAt} relative /></td>`}
    ${status === 'leased' && html`<td class="dim">${m.leasedBy ? `process ${m.leasedBy}` : ''}</td>`}
    ${status === 'scheduled' &&
    html`<td>
      <${Act}
        label="Cancel"
        title="Cancel a scheduled message"
        danger
        needs="manage"
        on=${['queue', name]}
        call=${calls.cancel(name, m.messageId)}
        told=${() => 'The message is cancelled.'}
        done=${renew}
      ><p>The message <code>${m.messageId}</code> is removed before it is due.</p><//>
    </td>`}
  </tr>`;
}

/** @param {{ of: Record<string, string> }} props */
export const Attributes = ({ of }) => {
  const entries = Object.entries(of);
  return html`${entries.slice(0, 3).map(([name, value]) => html`<span class="attribute"><bdi>${visible(cut(name, 40))}</bdi>=<bdi>${visible(cut(value, 60))}</bdi></span> `)}
  ${entries.length > 3 && html`<span class="dim">and ${entries.length - 3} more</span>`}`;
};

/** A copy in the clipboard. @param {{ text: string, what: string }} props */
export const Copy = ({ text, what }) => html`<button
  type="button"
  class="quiet"
  aria-label="Copy the ${what}"
  onClick=${() => navigator.clipboard.writeText(text).then(() => tell(`The ${what} is copied.`), () => tell('The browser does not let the page copy.', true))}
>Copy</button>`;
