// Records of a partition, from an offset or an instant on.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { Body, glimpse } from './body.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { cut } from './format.js';
import { html } from './html.js';
import { Attributes } from './messages.js';
import { topicHref } from './overview.js';
import { Empty, Fault, Field, Foreign, Instant, Loaded, Table } from './parts.js';
import { usePoll } from './poll.js';

/** @param {{ topic: any, at: string[] }} props at: partition, and an offset of which all is shown */
export function RecordsPart({ topic, at }) {
  const { name, offsets } = topic;
  const [busiest] = useState(() => [...offsets].sort((a, b) => b.nextOffset - a.nextOffset)[0].partition);
  const partition = at[0] === undefined ? busiest : Number(at[0]);
  const bounds = offsets.find((/** @type {any} */ p) => p.partition === partition);
  if (!bounds) return html`<${Fault} error=${{ message: 'There is no such partition.' }} />`;
  return at[1] === undefined
    ? html`<${List} key=${partition} name=${name} partition=${partition} bounds=${bounds} partitions=${offsets.length} />`
    : html`<${One} key=${at[1]} name=${name} partition=${partition} offset=${Number(at[1])} />`;
}

function List({ name, partition, bounds, partitions }) {
  const newest = Math.max(bounds.firstOffset, bounds.nextOffset - 50);
  const [from, setFrom] = useState(/** @type {string | number} */ (newest));
  const [offset, setOffset] = useState('');
  const [instant, setInstant] = useState('');
  const page = usePoll(async (signal) => (await ask(calls.records(name, partition, from), signal)).data, [name, partition, from], 0);
  const here = (/** @type {number} */ p) => `${topicHref(name)}/records/${p}`;
  return html`<section aria-label="Records">
    <form class="bar" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); setFrom(instant ? new Date(instant).toISOString() : offset === '' ? newest : Number(offset)); }}>
      <${Field} as="select" label="Partition" value=${String(partition)} onInput=${(/** @type {string} */ p) => (location.hash = here(Number(p)))}>
        ${Array.from({ length: partitions }, (_, p) => html`<option value=${String(p)}>${p}</option>`)}
      <//>
      <${Field} label="From offset" type="number" min="0" value=${offset} onInput=${(/** @type {string} */ v) => { setOffset(v); setInstant(''); }} />
      <${Field} label="Or from instant" type="datetime-local" step="1" value=${instant} onInput=${(/** @type {string} */ v) => { setInstant(v); setOffset(''); }} />
      <button type="submit">Read</button>
      <button type="button" onClick=${() => setFrom('earliest')}>Earliest</button>
      <button type="button" onClick=${() => setFrom(newest)}>Newest</button>
    </form>
    <${Loaded} of=${page}>
      ${(/** @type {any} */ data) =>
        data.records.length === 0
          ? html`<${Empty} title="There are no records from there on.">The partition has offsets ${bounds.firstOffset} to ${bounds.nextOffset - 1}.<//>`
          : html`<${Table} caption="Records" head=${[{ figure: 'Offset' }, 'Published', 'Key', 'Routing key', 'Body', 'Attributes']}>
                ${data.records.map(
                  (/** @type {any} */ r) => html`<tr key=${r.offset}>
                    <th scope="row" class="n"><a href="${here(partition)}/${r.offset}">${r.offset}</a></th>
                    <td><${Instant} at=${r.publishedAt} /></td>
                    <td><${Foreign} text=${cut(r.key ?? '', 40)} /></td>
                    <td><${Foreign} text=${cut(r.routingKey ?? '', 60)} /></td>
                    <td class="glimpse"><bdi>${glimpse(r)}</bdi></td>
                    <td class="glimpse"><${Attributes} of=${r.attributes} /></td>
                  </tr>`,
                )}
              <//>
              ${data.nextOffset < data.endOffset && html`<p class="more"><button type="button" onClick=${() => setFrom(data.nextOffset)}>Next records</button></p>`}`}
    <//>
    <${Commands} call=${calls.records(name, partition, from)} />
  </section>`;
}

function One({ name, partition, offset }) {
  const page = usePoll(
    async (signal) => (await ask({ ...calls.records(name, partition, offset), query: { from: offset, maxRecords: 1 } }, signal)).data.records[0] ?? null,
    [name, partition, offset],
    0,
  );
  return html`<section aria-label="Record">
    <p><a href="${topicHref(name)}/records/${partition}">All records of partition ${partition}</a></p>
    <${Loaded} of=${page}>
      ${(/** @type {any} */ r) =>
        r === null || r.offset !== offset
          ? html`<${Empty} title="This record is not there.">It may be compacted, or not published yet.<//>`
          : html`<dl class="facts">
                ${Object.entries({ Partition: partition, Offset: r.offset, Message: r.messageId, Published: r.publishedAt, Key: r.key, 'Routing key': r.routingKey, Trace: r.traceparent, ...r.attributes })
                  .filter(([, value]) => value !== undefined)
                  .map(([field, value]) => html`<div><dt><${Foreign} text=${field} /></dt><dd><${Foreign} text=${value} /></dd></div>`)}
              </dl>
              <${Body} message=${r} call=${calls.recordBody(name, partition, offset)} name="${name}-${partition}-${offset}.bin" />`}
    <//>
  </section>`;
}
