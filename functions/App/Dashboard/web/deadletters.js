// Dead letters: why, how many, and what to do about them.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { glimpse } from './body.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { Act } from './dialogs.js';
import { count, cut } from './format.js';
import { DeadLetterChart } from './history.js';
import { html } from './html.js';
import { Attributes, mentions, messageHref } from './messages.js';
import { Empty, Field, Foreign, Instant, LoadFault, Loaded, More, N, Table } from './parts.js';
import { usePages, usePoll } from './poll.js';
import { can } from './session.js';

/** @typedef {Record<string, any> | undefined} Filter */

/** @param {{ queue: any, refresh: () => void }} props */
export function DeadLettersPart({ queue, refresh }) {
  const { name } = queue;
  const [text, setText] = useState('');
  const [marked, setMarked] = useState(/** @type {ReadonlySet<string>} */ (new Set()));
  const reasons = usePoll(async (signal) => {
    const { data, partial } = await ask(calls.reasons(name), signal);
    return { list: data, partial };
  }, [name], 15);
  const pages = usePages(
    async (continuation, signal) => {
      const { data } = await ask(calls.deadLetters(name, continuation), signal);
      return { items: data.messages, continuation: data.continuation };
    },
    [name],
  );
  const renew = () => {
    setMarked(new Set());
    pages.refresh();
    reasons.refresh();
    refresh();
  };
  const found = (pages.items ?? []).filter((m) => mentions(m, text));
  const ids = found.map((m) => m.messageId).filter((id) => marked.has(id));
  const repairs = can('redrive', 'queue', name);
  return html`<section aria-label="Dead letters">
    <${Loaded} of=${reasons}>
      ${(/** @type {{ list: any[], partial: boolean }} */ { list, partial }) =>
        list.length > 0 &&
        html`<h2>Reasons</h2>
          ${partial && html`<p class="hint" role="note">These counts are partial: there are more dead letters than are looked at for them. Redrive and purge look at all.</p>`}
          <${Table} caption="Reasons" head=${['Reason', { figure: 'Dead letters' }, 'Oldest', 'Newest', 'Example', repairs ? 'What to do' : '']}>
            ${list.map((r) => html`<${ReasonRow} key=${r.reason} queue=${name} r=${r} renew=${renew} />`)}
          <//>`}
    <//>
    <div class="title">
      <h2>Dead letters</h2>
      <span class="grow"></span>
      <${Bulk} queue=${name} filter=${undefined} what="all dead letters" renew=${renew} />
    </div>
    ${pages.items?.length !== 0 && html`<div class="bar">
      <${Field} label="Filter what is loaded" type="search" value=${text} onInput=${setText} />
      <${ByFilter} queue=${name} renew=${renew} />
      <span class="grow"></span>
      ${ids.length > 0 &&
      html`<${Act}
        label="Redrive ${ids.length} marked"
        needs="redrive"
        on=${['queue', name]}
        call=${calls.redrive(name, { messageIds: ids })}
        told=${(/** @type {any} */ data) => `${count(data.moved)} messages are live again.`}
        done=${renew}
      ><p>The marked messages go back to <strong>${name}</strong>, each with a fresh delivery count and a new id.</p><//>`}
      <button type="button" onClick=${renew}>Refresh</button>
    </div>`}
    <${LoadFault} of=${pages} />
    ${pages.waits && html`<p class="loading">Loading …</p>`}
    ${pages.items?.length === 0 && html`<${Empty} title="There are no dead letters.">A message comes here when it was delivered too often, expired, or was given up by a consumer.<//>`}
    ${found.length > 0 &&
    html`<${Table} caption="Dead letters" head=${[repairs ? 'Mark' : '', 'Message', 'Reason', 'Body', 'Attributes', { figure: 'Deliveries' }, 'Dead-lettered']}>
      ${found.map(
        (m) => html`<tr key=${m.messageId}>
          <td>
            ${repairs &&
            html`<input
              type="checkbox"
              aria-label="Mark ${m.messageId}"
              checked=${marked.has(m.messageId)}
              onChange=${(/** @type {any} */ e) => {
                const next = new Set(marked);
                e.currentTarget.checked && next.size < 100 ? next.add(m.messageId) : next.delete(m.messageId);
                setMarked(next);
              }}
            />`}
          </td>
          <th scope="row"><a class="id" href=${messageHref(name, m.messageId, 'deadletters')} title=${m.messageId}>…${m.messageId.slice(9, 23)}…</a></th>
          <td class="glimpse"><${Foreign} text=${cut(m.deadLetterReason ?? '', 80)} /></td>
          <td class="glimpse"><bdi>${glimpse(m)}</bdi></td>
          <td class="glimpse"><${Attributes} of=${m.attributes} /></td>
          <${N} n=${m.deliveryCount} />
          <td><${Instant} at=${m.deadLetteredAt} /></td>
        </tr>`,
      )}
    <//>`}
    <${More} pages=${pages} what="dead letters" />
    ${can('inspect', 'queue', name) && html`<${DeadLetterChart} queue=${name} />`}
    <${Commands} call=${calls.deadLetters(name)} />
  </section>`;
}

function ReasonRow({ queue, r, renew }) {
  return html`<tr>
    <th scope="row" class="glimpse"><${Foreign} text=${cut(r.reason ?? '(none)', 120)} /></th>
    <${N} n=${r.count} />
    <td><${Instant} at=${r.oldestAt} relative /></td>
    <td><${Instant} at=${r.newestAt} relative /></td>
    <td>${r.exampleMessageId && html`<a class="id" href=${messageHref(queue, r.exampleMessageId, 'deadletters')}>…${r.exampleMessageId.slice(9, 23)}…</a>`}</td>
    <td class="acts"><${Bulk} queue=${queue} filter=${{ reason: r.reason }} what="the dead letters with this reason" renew=${renew} /></td>
  </tr>`;
}

/** Redrive and purge of whatever a filter takes. @param {{ queue: string, filter: Filter, what: string, renew: () => void }} props */
function Bulk({ queue, filter, what, renew }) {
  const whole = filter === undefined;
  return html`<${Act}
      label=${whole ? 'Redrive all' : 'Redrive'}
      title="Redrive ${what}"
      needs="redrive"
      on=${['queue', queue]}
      call=${calls.redrive(queue, { filter })}
      dry=${calls.redrive(queue, { filter, dryRun: true })}
      repeat
      told=${(/** @type {any} */ _, /** @type {number} */ sum) => `${count(sum)} messages are live again.`}
      done=${renew}
    ><p>They go back to <strong>${queue}</strong>, each with a fresh delivery count and a new id.</p><${FilterTold} filter=${filter} /><//>
    <${Act}
      label=${whole ? 'Purge all' : 'Purge'}
      title="Purge ${what}"
      danger
      needs="redrive"
      on=${['queue', queue]}
      call=${calls.purgeDeadLetters(queue, filter)}
      dry=${calls.purgeDeadLetters(queue, filter, true)}
      typed=${queue}
      repeat
      told=${(/** @type {any} */ _, /** @type {number} */ sum) => `${count(sum)} dead letters are purged.`}
      done=${renew}
    ><p>They are removed for good.</p><${FilterTold} filter=${filter} /><//>`;
}

const FilterTold = ({ filter }) =>
  filter ? html`<p class="hint">Filter: <code class="foreign">${JSON.stringify(filter)}</code></p>` : null;

/** A filter that is written by hand, and what to do with what it takes. */
function ByFilter({ queue, renew }) {
  const [open, setOpen] = useState(false);
  const [fields, setFields] = useState({ reason: '', groupId: '', after: '', before: '', attributes: '' });
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) => setFields({ ...fields, [name]: value });
  if (!can('redrive', 'queue', queue)) return null;
  /** @type {Record<string, any>} */
  const filter = {};
  let wrong = '';
  for (const [name, value] of Object.entries(fields).filter(([, v]) => v.trim() !== '')) {
    try {
      filter[name] = name === 'attributes' ? JSON.parse(value) : name === 'after' || name === 'before' ? new Date(value).toISOString() : value;
    } catch {
      wrong = name === 'attributes' ? 'The attribute filter is no JSON.' : 'An instant is none.';
    }
  }
  return html`<details class="by-filter" open=${open} onToggle=${(/** @type {any} */ e) => setOpen(e.currentTarget.open)}>
    <summary>By filter</summary>
    ${open &&
    html`<div class="row">
        <${Field} label="Reason" value=${fields.reason} onInput=${set('reason')} />
        <${Field} label="Group" value=${fields.groupId} onInput=${set('groupId')} />
        <${Field} label="Dead-lettered after" type="datetime-local" step="1" value=${fields.after} onInput=${set('after')} />
        <${Field} label="Before" type="datetime-local" step="1" value=${fields.before} onInput=${set('before')} />
      </div>
      <${Field} label="Attributes" class="code" value=${fields.attributes} onInput=${set('attributes')} hint='As in a subscription: {"format": ["pdf"]}' />
      ${wrong && html`<p class="hint bad">${wrong}</p>`}
      ${!wrong && Object.keys(filter).length > 0 && html`<p class="acts"><${Bulk} queue=${queue} filter=${filter} what="what the filter takes" renew=${renew} /></p>`}`}
  </details>`;
}
