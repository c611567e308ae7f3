// A dead letter, mended and sent on its way again.
import { useEffect, useState } from 'preact/hooks';
import { open } from './api.js';
import { decode } from './body.js';
import { calls } from './calls.js';
import { FormDialog } from './dialogs.js';
import { AttributesField, BodyField, readAttributes, writeAttributes } from './fields.js';
import { html } from './html.js';
import { Field } from './parts.js';

/** Longer bodies go as they are. */
const EDITABLE = 256 * 1024;

/** @param {{ queue: string, message: any, close: () => void, done: (data: any) => void }} props */
export function ResubmitDialog({ queue, message, close, done }) {
  const [original, setOriginal] = useState(/** @type {string | null} */ (message.body ?? null));
  const [body, setBody] = useState(message.body ?? '');
  const [contentType, setContentType] = useState(message.contentType);
  const before = writeAttributes(message.attributes);
  const [attributes, setAttributes] = useState(before);
  const [to, setTo] = useState('');
  useEffect(() => {
    if (message.bodyUrl === undefined) return;
    const turn = new AbortController();
    (async () => {
      const response = await open(calls.body(queue, message.messageId), turn.signal);
      if (!response.ok || Number(response.headers.get('Content-Length')) > EDITABLE) return turn.abort();
      const text = decode(new Uint8Array(await response.arrayBuffer()));
      setOriginal(text);
      setBody(text ?? '');
    })().catch(() => {});
    return () => turn.abort();
  }, []);
  /** What was not touched stays as it is. */
  const change = () => ({
    ...(original !== null && body !== original ? { body } : {}),
    ...(contentType !== message.contentType ? { contentType } : {}),
    ...(attributes !== before ? { attributes: readAttributes(attributes) } : {}),
    ...(to ? { to } : {}),
  });
  return html`<${FormDialog} title="Edit and resubmit" label="Resubmit" close=${close} call=${() => calls.resubmit(queue, message.messageId, change())} done=${done}>
    ${original === null
      ? html`<p class="hint">The body is no text, or too long to edit here: it goes as it is.</p>`
      : html`<${BodyField} value=${body} onInput=${setBody} />`}
    <${Field} label="Content type" value=${contentType} onInput=${setContentType} />
    <${AttributesField} value=${attributes} onInput=${setAttributes} />
    <${Field} label="To another queue" value=${to} onInput=${setTo} hint="Empty: back to ${queue}. Another one takes the right send there." />
  <//>`;
}
