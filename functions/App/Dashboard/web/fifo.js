// Groups of a FIFO queue, and which of them somebody works on.
import { ask } from './api.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { duration } from './format.js';
import { html } from './html.js';
import { Badge, Empty, Foreign, LoadFault, More, N, Table } from './parts.js';
import { usePages } from './poll.js';

/** @param {{ queue: string }} props */
export function FifoGroups({ queue }) {
  const pages = usePages(
    async (continuation, signal) => {
      const { data } = await ask(calls.groups(queue, continuation), signal);
      return { items: data.groups, continuation: data.continuation };
    },
    [queue],
  );
  return html`<section aria-label="Groups">
    <div class="bar"><p class="hint">A group with a message out waits for it: nothing else of the group is handed out until then.</p>
      <span class="grow"></span><button type="button" onClick=${pages.refresh}>Refresh</button></div>
    <${LoadFault} of=${pages} />
    ${pages.items?.length === 0 && html`<${Empty} title="No group has messages.">Send one with a group to see it here.<//>`}
    ${(pages.items?.length ?? 0) > 0 &&
    html`<${Table} caption="Groups with messages" head=${['Group', { figure: 'Messages' }, { figure: 'Oldest' }, 'State']}>
      ${pages.items?.map(
        (/** @type {any} */ g) => html`<tr>
          <th scope="row"><${Foreign} text=${g.groupId} /></th>
          <${N} n=${g.messages} />
          <td class="n">${duration(g.oldestMessageAgeSeconds)}</td>
          <td>${g.leased ? html`<${Badge} kind="warn">waits for a leased message<//>` : html`<span class="dim">free</span>`}</td>
        </tr>`,
      )}
    <//>`}
    <${More} pages=${pages} what="groups" />
    <${Commands} call=${calls.groups(queue)} />
  </section>`;
}
