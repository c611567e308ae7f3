// A topic's settings, changed under the ETag that they were seen with.
import { useState } from 'preact/hooks';
import { calls } from './calls.js';
import { FormDialog } from './dialogs.js';
import { html } from './html.js';
import { Field } from './parts.js';
import { can } from './session.js';

/** @param {{ topic: any, done: () => void }} props */
export function TopicSettings({ topic, done }) {
  const [open, setOpen] = useState(false);
  if (!can('manage', 'topic', topic.name)) return null;
  return html`<button type="button" onClick=${() => setOpen(true)}>Edit settings</button>
    ${open && html`<${Edit} topic=${topic} close=${() => setOpen(false)} done=${done} />`}`;
}

function Edit({ topic, close, done }) {
  const text = (/** @type {any} */ value) => (value === null ? '' : String(value));
  const [retention, setRetention] = useState(text(topic.retentionSeconds));
  const [alternate, setAlternate] = useState(text(topic.alternateQueue));
  const [window, setWindow] = useState(text(topic.deduplicationWindowSeconds));
  // What the dialog began with, however often the page has looked since.
  const [etag] = useState(topic.etag);
  const change = () => ({
    ...(retention !== text(topic.retentionSeconds) ? { retentionSeconds: retention === '' ? null : Number(retention) } : {}),
    ...(alternate !== text(topic.alternateQueue) ? { alternateQueue: alternate === '' ? null : alternate } : {}),
    ...(window !== text(topic.deduplicationWindowSeconds) ? { deduplicationWindowSeconds: Number(window) } : {}),
  });
  return html`<${FormDialog} title="Settings of ${topic.name}" label="Save" close=${close} call=${() => calls.putTopic(topic.name, change(), etag)} told=${() => `The settings of ${topic.name} are changed.`} done=${done}>
    <${Field} label="Records are kept for, seconds" type="number" min="0" step="any" value=${retention} onInput=${setRetention} hint="Empty: for ever. Those that a subscription has not taken yet are kept longer." />
    <${Field} label="Queue for what no subscription takes" value=${alternate} onInput=${setAlternate} hint="Empty: they stay in the topic alone." />
    <${Field} label="Repeats are known for, seconds" type="number" min="1" step="any" required value=${window} onInput=${setWindow} />
  <//>`;
}
