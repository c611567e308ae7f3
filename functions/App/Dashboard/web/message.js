// One message, and one dead letter: all that is known of it, and what can be done to it.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { Body } from './body.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { Act } from './dialogs.js';
import { instant } from './format.js';
import { html } from './html.js';
import { Copy } from './messages.js';
import { queueHref, topicHref } from './overview.js';
import { Badge, Foreign, Loaded, tell } from './parts.js';
import { usePoll } from './poll.js';
import { ResubmitDialog } from './resubmit.js';
import { can } from './session.js';

/** @param {string} queue @param {string} id */
const useMessage = (queue, id) => usePoll(async (signal) => (await ask(calls.message(queue, id), signal)).data, [queue, id], 0);

/** @param {{ queue: any, id: string }} props */
export function MessagePart({ queue: { name }, id }) {
  const message = useMessage(name, id);
  const list = `${queueHref(name)}/messages`;
  return html`<section aria-label="Message">
    <p><a href=${list}>All messages</a></p>
    <${Loaded} of=${message}>
      ${(/** @type {any} */ m) => html`<div class="bar">
          <span class="grow"></span>
          <button type="button" onClick=${message.refresh}>Refresh</button>
          ${m.status !== 'leased' &&
          html`<${Act}
            label="Delete message"
            danger
            needs="manage"
            on=${['queue', name]}
            call=${m.status === 'scheduled' ? calls.cancel(name, id) : calls.remove(name, id)}
            told=${() => 'The message is deleted.'}
            done=${() => (location.hash = list)}
          ><p>Removes the message <code>${id}</code> for good.</p><//>`}
        </div>
        <${Facts} m=${m} /><${Body} message=${m} call=${calls.body(name, id)} name="${id}.bin" />`}
    <//>
    <${Commands} call=${calls.message(name, id)} />
  </section>`;
}

/** @param {{ queue: any, id: string }} props */
export function DeadLetterPart({ queue, id }) {
  const { name } = queue;
  const message = useMessage(name, id);
  const [editing, setEditing] = useState(false);
  const list = `${queueHref(name)}/deadletters`;
  const back = () => (location.hash = list);
  return html`<section aria-label="Dead letter">
    <p><a href=${list}>All dead letters</a></p>
    <${Loaded} of=${message}>
      ${(/** @type {any} */ m) => html`<div class="bar">
          <span class="grow"></span>
          ${can('redrive', 'queue', name) && html`<button type="button" class="solid" onClick=${() => setEditing(true)}>Edit and resubmit</button>`}
          <${Act}
            label="Redrive"
            title="Redrive one dead letter"
            needs="redrive"
            on=${['queue', name]}
            call=${calls.redrive(name, { messageIds: [id] })}
            told=${(/** @type {any} */ data) => (data.moved === 1 ? 'The message is live again.' : 'It was not there any more.')}
            done=${back}
          ><p>The message goes back to <strong>${name}</strong> as it is, with a fresh delivery count and a new id.</p><//>
          <${Act}
            label="Delete"
            title="Delete a dead letter"
            danger
            needs="redrive"
            on=${['queue', name]}
            call=${calls.removeDeadLetter(name, id)}
            told=${() => 'The dead letter is deleted.'}
            done=${back}
          ><p>Removes the dead letter <code>${id}</code> for good.</p><//>
        </div>
        <${Facts} m=${m} /><${Body} message=${m} call=${calls.body(name, id)} name="${id}.bin" />
        ${editing &&
        html`<${ResubmitDialog}
          queue=${name}
          message=${m}
          close=${() => setEditing(false)}
          done=${(/** @type {any} */ data) => {
            tell(`It is live again as ${data.messageId}.`);
            back();
          }}
        />`}`}
    <//>
    <${Commands} call=${calls.message(name, id)} />
  </section>`;
}

/** @param {{ m: any }} props */
function Facts({ m }) {
  const both = (/** @type {string} */ at) => html`${instant(at, 'local')} <span class="dim">${instant(at, 'utc')}</span>`;
  const trace = /^[\da-f]{2}-([\da-f]{32})-/.exec(m.traceparent ?? '')?.[1];
  const rows = [
    ['Message', html`<code>${m.messageId}</code> <${Copy} text=${m.messageId} what="message id" />`],
    ['Status', html`<${Badge} kind=${m.status === 'deadLettered' ? 'bad' : ''}>${{ deadLettered: 'dead letter' }[/** @type {string} */ (m.status)] ?? m.status}<//>`],
    ['Reason', m.deadLetterReason && html`<${Foreign} text=${m.deadLetterReason} />`],
    ['Dead-lettered', m.deadLetteredAt && both(m.deadLetteredAt)],
    ['Enqueued', both(m.enqueuedAt)],
    [m.status === 'leased' ? 'Lease ends' : 'Due', (m.status === 'leased' || m.status === 'scheduled') && both(m.visibleAt)],
    ['Held by', m.leasedBy && `process ${m.leasedBy}`],
    ['Deliveries', m.deliveryCount],
    ['Group', m.groupId && html`<${Foreign} text=${m.groupId} />`],
    ['Sequence number', m.sequenceNumber],
    ['Deduplication id', m.deduplicationId && html`<${Foreign} text=${m.deduplicationId} />`],
    ['Priority', m.priority],
    ['Trace', m.traceparent && html`<code class="foreign">${trace ?? m.traceparent}</code> <${Copy} text=${trace ?? m.traceparent} what="trace id" />`],
    ['From topic', m.source && html`<a href=${topicHref(m.source.topic)}>${m.source.topic}</a>, partition ${m.source.partition}, offset ${m.source.offset}`],
    ['Was before', m.originalMessageId && html`<code>${m.originalMessageId}</code>`],
  ].filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '');
  const attributes = Object.entries(m.attributes);
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <h3>Attributes</h3>
    ${attributes.length === 0
      ? html`<p class="hint">It has none.</p>`
      : html`<dl class="facts">${attributes.map(([name, value]) => html`<div><dt><${Foreign} text=${name} /></dt><dd><${Foreign} text=${value} /></dd></div>`)}</dl>`}
`;
}
