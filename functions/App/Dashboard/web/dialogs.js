// Dialogs: what is about to be done, to be looked at first.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './api.js';
import { Commands } from './commands.js';
import { html } from './html.js';
import { Fault, Field, Foreign, tell } from './parts.js';
import { can } from './session.js';

/** A modal dialog; the browser keeps the focus in it, and Escape closes it. */
export function Dialog({ title, close, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    if (!element.current?.open) element.current?.showModal();
    return () => {
      if (before?.isConnected) before.focus();
    };
  }, []);
  return html`<dialog ref=${element} aria-label=${title} onClose=${close} onCancel=${close}>
    <h2>${title}</h2>
    ${children}
  </dialog>`;
}

/**
 * A button that asks before it acts: with the count that a dry run told, the name typed where much is lost, and the command for it. It is not
 * there for callers without the right; the server refuses them anyway.
 *
 * @typedef {object} Act
 * @property {string} label on the button
 * @property {string} [title] of the dialog
 * @property {string | string[]} needs a right, or several of which one suffices
 * @property {['queue' | 'topic', string]} [on]
 * @property {import('./api.js').Call} call
 * @property {import('./api.js').Call} [dry] a dry run, whose `matching` is shown
 * @property {string} [typed] what must be typed
 * @property {boolean} [danger]
 * @property {boolean} [repeat] while the answer says that it is not complete
 * @property {(data: any, sum: number) => string} told what to say when it is done
 * @property {() => void} [done]
 * @property {any} [children]
 */

/** @param {Act} act */
export function Act(act) {
  const [open, setOpen] = useState(false);
  if (!can(act.needs, act.on?.[0], act.on?.[1])) return null;
  return html`<button type="button" class=${act.danger ? 'danger' : ''} onClick=${() => setOpen(true)}>${act.label}</button>
    ${open && html`<${ActDialog} ...${act} close=${() => setOpen(false)} />`}`;
}

/** @param {Act & { close: () => void }} props */
function ActDialog({ close, label, title = label, call, dry, typed, danger, repeat, told, done, children }) {
  const [text, setText] = useState('');
  const [state, setState] = useState(/** @type {{ busy: boolean, error?: any, progress?: string }} */ ({ busy: false }));
  const [preview, setPreview] = useState(/** @type {any} */ (null));
  const gone = useRef(false);
  useEffect(() => {
    const turn = new AbortController();
    if (dry)
      ask(dry, turn.signal)
        .then(({ data }) => setPreview(data))
        .catch((error) => turn.signal.aborted || setPreview({ error }));
    return () => {
      gone.current = true;
      turn.abort();
    };
  }, []);

  const run = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setState({ busy: true });
    let sum = 0;
    try {
      for (;;) {
        const { data } = await ask(call);
        const step = data?.moved ?? data?.purged ?? 0;
        sum += step;
        const left = data?.complete === false || (data?.moved > 0 && data?.remaining > 0);
        if (!repeat || !left || gone.current) {
          tell(told(data, sum));
          break;
        }
        setState({ busy: true, progress: `${sum} so far …` });
      }
      close();
      done?.();
    } catch (error) {
      if (sum > 0) done?.();
      setState({ busy: false, error });
    }
  };

  const ready = (!typed || text === typed) && !state.busy && (!dry || (preview && !preview.error));
  return html`<${Dialog} title=${title} close=${close}>
    <form onSubmit=${run}>
      ${children}
      ${dry && html`<${Preview} preview=${preview} />`}
      ${typed &&
      html`<${Field} label="Type the name to confirm" hint=${html`<${Foreign} text=${typed} tag="code" />`} value=${text} onInput=${setText} autofocus />`}
      <${Commands} call=${call} />
      <${Fault} error=${state.error} />
      <p class="buttons">
        <span role="status">${state.progress ?? ''}</span>
        <button type="button" onClick=${close}>${state.busy ? 'Stop' : 'Cancel'}</button>
        <button type="submit" class=${danger ? 'danger solid' : 'solid'} disabled=${!ready}>${label}</button>
      </p>
    </form>
  <//>`;
}

function Preview({ preview }) {
  if (!preview) return html`<p role="status">Counting …</p>`;
  if (preview.error) return html`<${Fault} error=${preview.error} />`;
  const examples = (preview.examples ?? []).map((/** @type {any} */ e) => (typeof e === 'string' ? e : e.messageId));
  return html`<p role="status"><strong>${preview.matching}</strong> ${preview.matching === 1 ? 'message' : 'messages'} would be taken.</p>
    ${examples.length > 0 && html`<p class="hint">Among them: ${examples.map((/** @type {string} */ id) => html`<code>${id}</code> `)}</p>`}`;
}

/** A dialog with a form: what is filled in makes the call. */
export function FormDialog({ title, label, close, call, told, done, danger = false, children }) {
  const [state, setState] = useState(/** @type {{ busy: boolean, error?: any }} */ ({ busy: false }));
  const made = (() => {
    try {
      return { call: call() };
    } catch (error) {
      return { wrong: /** @type {Error} */ (error) };
    }
  })();
  const run = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!made.call) return setState({ busy: false, error: made.wrong });
    setState({ busy: true });
    try {
      const { data } = await ask(made.call);
      const text = told?.(data);
      if (text) tell(text);
      close();
      done?.(data);
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return html`<${Dialog} title=${title} close=${close}>
    <form onSubmit=${run}>
      ${children} ${made.call && html`<${Commands} call=${made.call} />`}
      <${Fault} error=${state.error} />
      <p class="buttons">
        <button type="button" onClick=${close}>Cancel</button>
        <button type="submit" class=${danger ? 'danger solid' : 'solid'} disabled=${state.busy}>${label}</button>
      </p>
    </form>
  <//>`;
}
