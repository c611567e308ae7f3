// Keys: who may do what.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { Act, Dialog, FormDialog } from './dialogs.js';
import { html } from './html.js';
import { Copy } from './messages.js';
import { Badge, Empty, Field, Foreign, Instant, Loaded, Table } from './parts.js';
import { usePoll } from './poll.js';
import { can } from './session.js';

const RIGHTS = /** @type {[string, string][]} */ ([
  ['send', 'enqueue and publish'],
  ['receive', 'dequeue and settle'],
  ['peek', 'see messages and dead letters'],
  ['inspect', 'see settings and counts'],
  ['redrive', 'repair dead letters'],
  ['manage', 'create, change, delete: all but keys'],
  ['keys', 'make keys'],
]);

export function KeysPage() {
  const [making, setMaking] = useState(false);
  const [fresh, setFresh] = useState(/** @type {{ name: string, key: string } | null} */ (null));
  const keys = usePoll(async (signal) => (await ask(calls.keys(), signal)).data.keys, [], 30);
  const renew = (/** @type {any} */ data) => {
    if (data?.key) setFresh(data);
    keys.refresh();
  };
  if (!can('keys')) return html`<h1 tabindex="-1">Keys</h1><${Empty} title="Your key may not see keys.">It lacks the right keys.<//>`;
  return html`<div class="title"><h1 tabindex="-1">Keys</h1><span class="grow"></span><button type="button" class="solid" onClick=${() => setMaking(true)}>New key</button></div>
    ${making && html`<${NewKey} close=${() => setMaking(false)} done=${renew} />`}
    ${fresh && html`<${Dialog} title="The key ${fresh.name}" close=${() => setFresh(null)}>
      <p>This is shown once. Whoever has it may do what the key may.</p>
      <p class="secret"><code>${fresh.key}</code> <${Copy} text=${fresh.key} what="key" /></p>
      <p class="buttons"><button type="button" class="solid" onClick=${() => setFresh(null)}>Done</button></p>
    <//>`}
    <${Loaded} of=${keys}>
      ${(/** @type {any[]} */ list) =>
        list.length === 0
          ? html`<${Empty} title="There are no keys yet.">While there is none, everybody who reaches a local server may do everything. The first key ends that for good; let it have the rights manage and keys.<//>`
          : html`<${Table} caption="Keys" head=${['Key', 'Rights', 'Resources', 'Ends', 'Changed', '']}>
              ${list.map(
                (k) => html`<tr key=${k.name}>
                  <th scope="row">${k.name}</th>
                  <td>${k.rights.map((/** @type {string} */ r) => html`<${Badge} kind=${r === 'manage' || r === 'keys' ? 'warn' : ''}>${r}<//> `)}</td>
                  <td>${k.resources.map((/** @type {string} */ r) => html`<code><${Foreign} text=${r} /></code> `)}</td>
                  <td>${k.expiresAt ? html`<${Instant} at=${k.expiresAt} />` : html`<span class="dim">never</span>`}</td>
                  <td><${Instant} at=${k.rotatedAt ?? k.changedAt} /></td>
                  <td class="acts">
                    <${Rotate} name=${k.name} done=${renew} />
                    <${Act} label="Revoke" title="Revoke ${k.name}" danger needs="keys" call=${calls.deleteKey(k.name)} typed=${k.name} told=${() => `${k.name} is revoked.`} done=${keys.refresh}>
                      <p>Within 5 seconds nobody gets in with it any more.</p>
                    <//>
                  </td>
                </tr>`,
              )}
            <//>`}
    <//>
    <${Commands} call=${calls.keys()} />`;
}

function NewKey({ close, done }) {
  const [name, setName] = useState('');
  const [rights, setRights] = useState(/** @type {string[]} */ ([]));
  const [resources, setResources] = useState('*');
  const [expires, setExpires] = useState('');
  const change = () => ({
    rights,
    resources: resources.split(/[\s,]+/).filter(Boolean),
    ...(expires ? { expiresAt: new Date(expires).toISOString() } : {}),
  });
  return html`<${FormDialog} title="New key" label="Make the key" close=${close} call=${() => calls.putKey(name, change())} done=${done}>
    <${Field} label="Name" value=${name} onInput=${setName} required hint="Of who uses it: it stands in the audit. An existing key of this name gets these rights." />
    <fieldset>
      <legend>Rights</legend>
      ${RIGHTS.map(
        ([right, text]) => html`<label class="check">
          <input
            type="checkbox"
            checked=${rights.includes(right)}
            onChange=${(/** @type {any} */ e) => setRights(e.currentTarget.checked ? [...rights, right] : rights.filter((r) => r !== right))}
          />
          <code>${right}</code> <span class="dim">${text}</span>
        </label>`,
      )}
    </fieldset>
    <${Field} label="Resources" value=${resources} onInput=${setResources} required hint="Queues, and topics as topic:NAME; * is any run of characters, ? one. Separated by spaces." />
    <${Field} label="Ends" type="datetime-local" value=${expires} onInput=${setExpires} hint="Empty: never." />
  <//>`;
}

function Rotate({ name, done }) {
  const [open, setOpen] = useState(false);
  const [overlap, setOverlap] = useState('3600');
  return html`<button type="button" onClick=${() => setOpen(true)}>Rotate</button>
    ${open &&
    html`<${FormDialog} title="Rotate ${name}" label="Rotate" close=${() => setOpen(false)} call=${() => calls.rotateKey(name, Number(overlap))} done=${done}>
      <p>Makes a new key of the same name and rights.</p>
      <${Field} label="The old one stays good for, seconds" type="number" min="0" value=${overlap} onInput=${setOverlap} />
    <//>`}`;
}
