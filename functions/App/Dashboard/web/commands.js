// What a button does, as a command to copy.
import { useState } from 'preact/hooks';
import { curlOf } from './curl.js';
import { html } from './html.js';

function Copied({ name, text }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
    } catch {
      setDone(false);
    }
  };
  return html`<div class="command">
    <span class="which">${name}</span>
    <pre tabindex="0" aria-label="${name} command"><code>${text}</code></pre>
    <button type="button" class="quiet" onClick=${copy} aria-label="Copy the ${name} command">${done ? 'Copied' : 'Copy'}</button>
  </div>`;
}

/** @param {{ call: import('./api.js').Call, open?: boolean }} props */
export const Commands = ({ call, open = false }) => html`<details class="commands" open=${open}>
  <summary>As a command</summary>
  <${Copied} name="curl" text=${curlOf(call)} />
  ${call.cli && html`<${Copied} name="CLI" text=${call.cli} />`}
</details>`;
