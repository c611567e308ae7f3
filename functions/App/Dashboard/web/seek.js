// Setting a subscription or a group to another place of its topic.
import { useState } from 'preact/hooks';
import { FormDialog } from './dialogs.js';
import { html } from './html.js';
import { Field, tell } from './parts.js';

/** @param {{ title: string, call: (to: any) => import('./api.js').Call, close: () => void, done: () => void, children: any }} props */
export function SeekDialog({ title, call, close, done, children }) {
  const [to, setTo] = useState('earliest');
  const [at, setAt] = useState('');
  const place = () => {
    if (to !== 'at') return to;
    if (!at) throw new Error('Say from when on.');
    return { at: new Date(at).toISOString() };
  };
  return html`<${FormDialog} title=${title} label="Seek" danger close=${close} call=${() => call(place())} done=${() => { tell('It goes on from there.'); done(); }}>
    ${children}
    <${Field} as="select" label="To" value=${to} onInput=${setTo}>
      <option value="earliest">the earliest record that is kept</option>
      <option value="now">the end</option>
      <option value="at">an instant</option>
    <//>
    ${to === 'at' && html`<${Field} label="Instant" type="datetime-local" step="1" value=${at} onInput=${setAt} required />`}
  <//>`;
}
