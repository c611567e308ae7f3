// Sending a test message.
import { useState } from 'preact/hooks';
import { calls } from './calls.js';
import { FormDialog } from './dialogs.js';
import { AttributesField, BodyField, readAttributes } from './fields.js';
import { html } from './html.js';
import { Field } from './parts.js';

/** @param {{ queue: any, close: () => void, done: () => void }} props */
export function SendDialog({ queue, close, done }) {
  const fifo = queue.type === 'fifo' || queue.name.endsWith('.fifo');
  const [body, setBody] = useState('');
  const [contentType, setContentType] = useState('text/plain');
  const [attributes, setAttributes] = useState('');
  const [groupId, setGroup] = useState('test');
  const [deduplicationId, setDeduplication] = useState('');
  const [delaySeconds, setDelay] = useState('');
  const [priority, setPriority] = useState('');
  return html`<${FormDialog}
    title="Send to ${queue.name}"
    label="Send"
    close=${close}
    call=${() =>
      calls.send(queue.name, body, {
        contentType,
        attributes: readAttributes(attributes),
        deduplicationId,
        ...(fifo ? { groupId } : { delaySeconds, priority }),
      })}
    told=${(/** @type {any} */ data) => (data.duplicate ? `It is a repeat of ${data.messageId}.` : `Sent as ${data.messageId}.`)}
    done=${done}
  >
    <${BodyField} value=${body} onInput=${setBody} />
    <${Field} label="Content type" value=${contentType} onInput=${setContentType} list="content-types" />
    <datalist id="content-types"><option value="text/plain" /><option value="application/json" /><option value="application/xml" /></datalist>
    <${AttributesField} value=${attributes} onInput=${setAttributes} />
    <div class="row">
      ${fifo && html`<${Field} label="Group" value=${groupId} onInput=${setGroup} required />`}
      ${!fifo && html`<${Field} label="Delay in seconds" type="number" min="0" step="any" value=${delaySeconds} onInput=${setDelay} />`}
      ${!fifo && html`<${Field} label="Priority, 0 to 9" type="number" min="0" max="9" value=${priority} onInput=${setPriority} />`}
      <${Field} label="Deduplication id" value=${deduplicationId} onInput=${setDeduplication} />
    </div>
  <//>`;
}
