// Publishing a record by hand.
import { useState } from 'preact/hooks';
import { calls } from './calls.js';
import { FormDialog } from './dialogs.js';
import { AttributesField, BodyField, readAttributes } from './fields.js';
import { html } from './html.js';
import { Field } from './parts.js';

/** @param {{ topic: string, close: () => void, done: () => void }} props */
export function PublishDialog({ topic, close, done }) {
  const [fields, setFields] = useState({ body: '', contentType: 'text/plain', attributes: '', routingKey: '', key: '' });
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) => setFields({ ...fields, [name]: value });
  const message = () => ({
    body: fields.body,
    contentType: fields.contentType,
    attributes: readAttributes(fields.attributes),
    ...(fields.routingKey ? { routingKey: fields.routingKey } : {}),
    ...(fields.key ? { key: fields.key } : {}),
  });
  return html`<${FormDialog} title="Publish to ${topic}" label="Publish" close=${close} call=${() => calls.publish(topic, message())} told=${told} done=${done}>
    <${BodyField} value=${fields.body} onInput=${set('body')} />
    <div class="row">
      <${Field} label="Routing key" value=${fields.routingKey} onInput=${set('routingKey')} />
      <${Field} label="Key" value=${fields.key} onInput=${set('key')} hint="Records of one key stay in order." />
      <${Field} label="Content type" value=${fields.contentType} onInput=${set('contentType')} />
    </div>
    <${AttributesField} value=${fields.attributes} onInput=${set('attributes')} />
  <//>`;
}

/** @param {any} data */
function told({ results: [result] }) {
  if (result.code) throw new Error(result.detail);
  return `Published at ${result.partition}/${result.offset}; ${result.matched} ${result.matched === 1 ? 'subscription takes' : 'subscriptions take'} it.`;
}
