// The way in: a key, or an account of the directory.
import { useState } from 'preact/hooks';
import { beginSignIn, entra } from './entra.js';
import { html } from './html.js';
import { Fault, Field } from './parts.js';
import { resume, signIn } from './session.js';

export function SignInPage({ why }) {
  const [key, setKey] = useState('');
  const [keep, setKeep] = useState(true);
  const [state, setState] = useState(/** @type {{ busy: boolean, error?: any }} */ ({ busy: false }));
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setState({ busy: true });
    try {
      await signIn(key.trim(), keep);
    } catch {
      // The reason is shown as any other.
    }
    setState({ busy: false });
  };
  return html`<section class="signin">
    <h1 tabindex="-1">Sign in</h1>
    ${why && html`<${Fault} error=${{ message: why }} again=${why.includes('does not answer') ? () => resume().catch(() => {}) : undefined} />`}
    <form onSubmit=${submit}>
      <${Field} label="Key" type="password" value=${key} onInput=${setKey} required hint="It stays in this tab, and travels in a header only." />
      <p>
        <label><input type="checkbox" checked=${keep} onChange=${(/** @type {any} */ e) => setKeep(e.currentTarget.checked)} /> Keep it until this tab is closed</label>
      </p>
      <p class="buttons"><button type="submit" class="solid" disabled=${state.busy || key.trim() === ''}>Sign in</button></p>
    </form>
    ${entra &&
    html`<hr />
      <p><button type="button" onClick=${() => void beginSignIn()}>Sign in with Entra ID</button></p>`}
    <p class="hint">
      A key that looks only has the rights <code>inspect</code> and <code>peek</code>; <code>redrive</code> repairs dead letters,
      <code>manage</code> changes queues and topics. Whoever has the right <code>keys</code> makes one.
    </p>
  </section>`;
}
