// Groups that read a topic: who holds what, and how far behind.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { Act } from './dialogs.js';
import { count, duration } from './format.js';
import { html } from './html.js';
import { Badge, Empty, Instant, Loaded, N, Table } from './parts.js';
import { usePoll } from './poll.js';
import { SeekDialog } from './seek.js';
import { can } from './session.js';

/** @param {{ topic: string }} props */
export function GroupsPart({ topic }) {
  const [seeking, setSeeking] = useState('');
  const list = usePoll(async (signal) => (await ask(calls.topicGroups(topic), signal)).data.groups, [topic], 5);
  return html`<section aria-label="Groups">
    ${seeking &&
    html`<${SeekDialog} title="Seek ${seeking}" call=${(/** @type {any} */ to) => calls.seekGroup(topic, seeking, to)} close=${() => setSeeking('')} done=${list.refresh}>
      <p>The group goes on from there: it reads again what lies behind that place, or skips what lies before.</p>
    <//>`}
    <${Loaded} of=${list}>
      ${(/** @type {any[]} */ groups) =>
        groups.length === 0
          ? html`<${Empty} title="No group reads this topic.">One begins with its first read.<//>`
          : groups.map(
              (g) => html`<div class="title" key=${g.name}>
                  <h2>${g.name}</h2>
                  <span class="dim">${count(g.lag)} records and ${duration(g.lagSeconds)} behind</span>
                  <span class="grow"></span>
                  <span class="acts">
                    ${can('manage', 'topic', topic) && html`<button type="button" onClick=${() => setSeeking(g.name)} aria-label="Seek ${g.name}">Seek</button> `}
                    <${Act} label="Delete" title="Delete the group ${g.name}" danger needs="manage" on=${['topic', topic]} call=${calls.deleteGroup(topic, g.name)} typed=${g.name} told=${() => 'The group is deleted.'} done=${list.refresh}>
                      <p>Forgets how far the group has got. Records stay.</p>
                    <//>
                  </span>
                </div>
                <${Members} group=${g} />
                <${Table} caption="Partitions of ${g.name}" head=${['Partition', 'Held by', { figure: 'Committed' }, { figure: 'Lag' }, { figure: 'Behind by' }]}>
                  ${g.partitions.map(
                    (/** @type {any} */ p) => html`<tr>
                      <th scope="row">${p.partition}</th>
                      <td>${p.member ?? html`<span class="dim">nobody</span>`}${p.wantedBy && html` <${Badge} kind="warn">${p.wantedBy} waits for it<//>`}</td>
                      <${N} n=${p.committed} /><${N} n=${p.lag} />
                      <td class="n">${duration(p.lagSeconds)}</td>
                    </tr>`,
                  )}
                <//>`,
            )}
    <//>
    <${Commands} call=${calls.topicGroups(topic)} />
  </section>`;
}

/** @param {{ group: any }} props */
const Members = ({ group: { name, members } }) =>
  members.length === 0
    ? html`<p class="hint">Nobody reads in it now.</p>`
    : html`<${Table} caption="Members of ${name}" head=${['Member', 'Partitions', 'Its lease ends']}>
        ${members.map((/** @type {any} */ m) => html`<tr><th scope="row">${m.member}</th><td>${m.partitions.join(', ')}</td><td><${Instant} at=${m.until} relative /></td></tr>`)}
      <//>`;
