// A queue's settings: to see, and to change under the ETag that they were seen with.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { FormDialog } from './dialogs.js';
import { duration } from './format.js';
import { html } from './html.js';
import { Field, Foreign, Instant, Loaded, Table } from './parts.js';
import { usePoll } from './poll.js';
import { can } from './session.js';

/**
 * @typedef {{ name: string, text: string, unit: 'seconds' | 'number' | 'choice' | 'flag', none?: string, choices?: string[], only?: 'fifo' | 'standard', hint?: string }} Setting
 * @type {Setting[]}
 */
const SETTINGS = [
  { name: 'visibilityTimeoutSeconds', text: 'Visibility timeout', unit: 'seconds', hint: 'How long a lease lasts unless its taker says otherwise.' },
  { name: 'maxDeliveryCount', text: 'Deliveries at most', unit: 'number', none: 'no limit', hint: 'Then it is a dead letter.' },
  { name: 'messageTtlSeconds', text: 'Messages live for', unit: 'seconds', none: 'ever' },
  { name: 'onExpiry', text: 'When one expires', unit: 'choice', choices: ['drop', 'deadletter'] },
  { name: 'deadLetterTtlSeconds', text: 'Dead letters live for', unit: 'seconds', none: 'ever' },
  { name: 'delaySeconds', text: 'Delay of new messages', unit: 'seconds' },
  { name: 'deduplicationWindowSeconds', text: 'Repeats are known for', unit: 'seconds' },
  { name: 'contentBasedDeduplication', text: 'Equal bodies are repeats', unit: 'flag' },
  { name: 'shards', text: 'Shards', unit: 'number', only: 'standard', hint: 'May only rise.' },
];

/** @param {Setting} setting @param {any} value */
const shown = ({ unit, none }, value) =>
  value === null ? none : unit === 'seconds' ? duration(value) : unit === 'flag' ? (value ? 'yes' : 'no') : String(value);

/** @param {{ name: string, refresh: () => void }} props */
export function SettingsPart({ name, refresh }) {
  const [editing, setEditing] = useState(false);
  const status = usePoll(async (signal) => {
    const { data, etag } = await ask(calls.queue(name), signal);
    return { settings: data, etag };
  }, [name], 0);
  return html`<section aria-label="Settings">
    <${Loaded} of=${status}>
      ${(/** @type {any} */ { settings, etag }) => html`<div class="bar">
          <span class="grow"></span>
          ${can('manage', 'queue', name) && html`<button type="button" class="solid" onClick=${() => setEditing(true)}>Edit settings</button>`}
        </div>
        <${Table} caption="Settings" head=${['Setting', 'Value', '']}>
          <tr><th scope="row">Type</th><td>${settings.type}</td><td class="dim">stays</td></tr>
          ${SETTINGS.map(
            (s) => html`<tr><th scope="row">${s.text}</th><td>${shown(s, settings[s.name])}</td><td class="dim">${s.hint ?? ''}</td></tr>`,
          )}
          <tr><th scope="row">Pause before a retry</th><td>${settings.retryBackoff.maxSeconds === 0 ? 'none' : `${duration(settings.retryBackoff.initialSeconds)}, doubling to ${duration(settings.retryBackoff.maxSeconds)}`}</td><td></td></tr>
          <tr><th scope="row">Tags</th><td>${Object.entries(settings.tags).map(([tag, value]) => html`<span class="attribute"><${Foreign} text=${tag} />=<${Foreign} text=${value} /></span> `)}</td><td></td></tr>
          <tr><th scope="row">Created</th><td><${Instant} at=${settings.createdAt} /></td><td></td></tr>
        <//>
        ${editing &&
        html`<${EditDialog} name=${name} settings=${settings} etag=${etag} close=${() => setEditing(false)} done=${() => { status.refresh(); refresh(); }} />`}`}
    <//>
    <${Commands} call=${calls.queue(name)} />
  </section>`;
}

function EditDialog({ name, settings, etag, close, done }) {
  const was = Object.fromEntries(SETTINGS.map((s) => [s.name, settings[s.name] === null ? '' : String(settings[s.name])]));
  const backoff = { initialSeconds: String(settings.retryBackoff.initialSeconds), maxSeconds: String(settings.retryBackoff.maxSeconds) };
  const [values, setValues] = useState(/** @type {Record<string, string>} */ ({ ...was, ...backoff }));
  const set = (/** @type {string} */ field) => (/** @type {string} */ value) => setValues({ ...values, [field]: value });
  /** Only what was changed. */
  const change = () => {
    /** @type {Record<string, any>} */
    const changed = {};
    for (const s of SETTINGS.filter(({ name: field }) => values[field] !== was[field]))
      changed[s.name] = s.unit === 'flag' ? values[s.name] === 'true' : s.unit === 'choice' ? values[s.name] : values[s.name] === '' ? null : Number(values[s.name]);
    if (values.initialSeconds !== backoff.initialSeconds || values.maxSeconds !== backoff.maxSeconds)
      changed.retryBackoff = { initialSeconds: Number(values.initialSeconds), maxSeconds: Number(values.maxSeconds) };
    return changed;
  };
  return html`<${FormDialog} title="Settings of ${name}" label="Save" close=${close} call=${() => calls.putQueue(name, change(), etag)} told=${() => `The settings of ${name} are changed.`} done=${done}>
    ${SETTINGS.filter((s) => !s.only || s.only === settings.type).map((s) => {
      const label = s.text + (s.unit === 'seconds' ? ', seconds' : '');
      const hint = [s.hint, s.none && `Empty: ${s.none}.`].filter(Boolean).join(' ') || undefined;
      return s.unit === 'choice' || s.unit === 'flag'
        ? html`<${Field} as="select" label=${label} hint=${hint} value=${values[s.name]} onInput=${set(s.name)}>
            ${(s.choices ?? ['true', 'false']).map((c) => html`<option value=${c}>${{ true: 'yes', false: 'no' }[c] ?? c}</option>`)}
          <//>`
        : html`<${Field} label=${label} hint=${hint} type="number" min="0" step=${s.unit === 'seconds' ? 'any' : '1'} required=${!s.none} value=${values[s.name]} onInput=${set(s.name)} />`;
    })}
    <div class="row">
      <${Field} label="Pause before the first retry, seconds" type="number" min="0" step="any" value=${values.initialSeconds} onInput=${set('initialSeconds')} />
      <${Field} label="Doubling to at most, seconds" type="number" min="0" step="any" value=${values.maxSeconds} onInput=${set('maxSeconds')} />
    </div>
  <//>`;
}
