// A queue: its figures, and the parts of its page.
import { ask } from './api.js';
import { calls } from './calls.js';
import { DeadLettersPart } from './deadletters.js';
import { DeadLetterPart, MessagePart } from './message.js';
import { count, duration } from './format.js';
import { FifoGroups } from './fifo.js';
import { html } from './html.js';
import { MessagesPart } from './messages.js';
import { queueHref, stateText } from './overview.js';
import { Badge, Figure, Instant, Loaded, Tabs } from './parts.js';
import { usePoll } from './poll.js';
import { QueueOverview } from './queueoverview.js';
import { can } from './session.js';
import { SettingsPart } from './settings.js';

/** @param {{ name: string, rest: string[] }} props */
export function QueuePage({ name, rest }) {
  const [part = '', id] = rest;
  const at = (/** @type {string} */ tab) => ({ href: `${queueHref(name)}${tab ? `/${tab}` : ''}`, at: part === tab });
  // The list has the figures by the last sweep, which cost the same however long the queue is.
  const status = usePoll(
    async (signal) => {
      if (!can('inspect', 'queue', name)) return { name, unseen: true };
      const { data } = await ask(calls.queues(name, undefined, 1), signal);
      return data.queues.find((/** @type {any} */ q) => q.name === name) ?? (await ask(calls.queue(name), signal)).data;
    },
    [name],
    5,
  );
  const queue = status.data;
  const peek = can('peek', 'queue', name);
  return html`<div class="title">
      <h1 tabindex="-1">${name}</h1>
      ${queue?.type === 'fifo' && html`<${Badge}>FIFO<//>`}
      ${queue?.state && queue.state !== 'active' && html`<${Badge} kind="warn">${stateText(queue.state)}<//>`}
    </div>
    <${Loaded} of=${status}>
      ${(/** @type {any} */ q) => html`${!q.unseen && html`<${Figures} queue=${q} />`}
        <${Tabs}
          label="Parts of the queue"
          items=${[
            { text: 'Queue', ...at('') },
            ...(peek ? [{ text: 'Messages', ...at('messages') }, { text: 'Dead letters', ...at('deadletters') }] : []),
            ...(q.type === 'fifo' ? [{ text: 'Groups', ...at('groups') }] : []),
            ...(q.unseen ? [] : [{ text: 'Settings', ...at('settings') }]),
          ]}
        />
        ${part === '' && html`<${QueueOverview} queue=${q} refresh=${status.refresh} />`}
        ${part === 'messages' && !id && html`<${MessagesPart} queue=${q} refresh=${status.refresh} />`}
        ${part === 'messages' && id && html`<${MessagePart} key=${id} queue=${q} id=${id} />`}
        ${part === 'deadletters' && !id && html`<${DeadLettersPart} queue=${q} refresh=${status.refresh} />`}
        ${part === 'deadletters' && id && html`<${DeadLetterPart} key=${id} queue=${q} id=${id} />`}
        ${part === 'groups' && html`<${FifoGroups} queue=${name} />`} ${part === 'settings' && html`<${SettingsPart} name=${name} refresh=${status.refresh} />`}`}
    <//>`;
}

/** @param {{ queue: any }} props */
const Figures = ({ queue: { name, counts, oldestMessageAgeSeconds: oldest, asOf } }) => html`<dl class="figures">
  <${Figure} label="Ready" value=${count(counts.ready)} />
  <${Figure} label="Leased" value=${count(counts.leased)} />
  <${Figure} label="Scheduled" value=${count(counts.scheduled)} />
  <${Figure}
    label="Dead letters"
    value=${count(counts.deadLettered)}
    kind=${counts.deadLettered > 0 ? 'bad' : ''}
    href=${counts.deadLettered > 0 && can('peek', 'queue', name) ? `${queueHref(name)}/deadletters` : undefined}
  />
  <${Figure} label="Oldest message" value=${duration(oldest)} />
  ${asOf && html`<${Figure} label="Counted" value=${html`<${Instant} at=${asOf} relative />`} />`}
</dl>`;
