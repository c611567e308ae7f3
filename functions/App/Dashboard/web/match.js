// Which subscriptions would take a record, and why the others would not.
import { useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { AttributesField, BodyField, readAttributes } from './fields.js';
import { html } from './html.js';
import { Badge, Empty, Fault, Field, Foreign, Table } from './parts.js';

/** @param {{ topic: string }} props */
export function MatchPart({ topic }) {
  const [routingKey, setRoutingKey] = useState('');
  const [attributes, setAttributes] = useState('');
  const [body, setBody] = useState('');
  const [state, setState] = useState(/** @type {{ matches?: any, error?: any }} */ ({}));
  const record = () => ({ ...(routingKey ? { routingKey } : {}), attributes: readAttributes(attributes), body });
  const call = (() => {
    try {
      return calls.match(topic, record());
    } catch {
      return null;
    }
  })();
  const run = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      setState({ matches: (await ask(calls.match(topic, record()))).data });
    } catch (error) {
      setState({ error });
    }
  };
  return html`<section aria-label="Match">
    <p class="hint">A dry run: nothing is published.</p>
    <form onSubmit=${run}>
      <${Field} label="Routing key" value=${routingKey} onInput=${setRoutingKey} />
      <${AttributesField} value=${attributes} onInput=${setAttributes} />
      <${BodyField} value=${body} onInput=${setBody} />
      <p class="buttons"><button type="submit" class="solid">Try the filters</button></p>
    </form>
    <div role="status">
      <${Fault} error=${state.error} />
      ${state.matches &&
      (state.matches.subscriptions.length === 0
        ? html`<${Empty} title="Nobody is subscribed.">So nothing would be taken.<//>`
        : html`<${Table} caption="What the subscriptions say" head=${['Subscription', 'Takes it', 'What failed']}>
            ${state.matches.subscriptions.map(
              (/** @type {any} */ s) => html`<tr>
                <th scope="row">${s.name}</th>
                <td>${s.matched ? html`<${Badge} kind="good">yes<//>` : html`<${Badge}>no<//>`}</td>
                <td>${s.failed && html`<code><${Foreign} text=${s.failed.field} /></code> <${Foreign} text=${s.failed.detail} tag="span" />`}</td>
              </tr>`,
            )}
          <//>`)}
    </div>
    ${call && html`<${Commands} call=${call} />`}
  </section>`;
}
