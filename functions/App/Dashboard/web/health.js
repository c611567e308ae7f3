// Whether the server is well, who asks, and what is too much for it.
import { ask, base } from './api.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { html } from './html.js';
import { LIMITS } from './limits.js';
import { Badge, Figure, Instant, Loaded, Table } from './parts.js';
import { usePoll } from './poll.js';
import { session } from './session.js';
import { useStore } from './store.js';

export function HealthPage() {
  const health = usePoll(
    async (signal) => {
      try {
        return (await ask(calls.health(), signal)).data;
      } catch (error) {
        // Unwell is an answer, too.
        if (/** @type {any} */ (error).status === 503) return { status: 'unhealthy', detail: 'Storage does not answer, or the clock is wrong.' };
        throw error;
      }
    },
    [],
    10,
  );
  const state = useStore(session);
  return html`<h1 tabindex="-1">Health and limits</h1>
    <${Loaded} of=${health}>
      ${(/** @type {any} */ h) => html`<dl class="figures">
        <${Figure} label="Server" value=${html`<${Badge} kind=${h.status === 'healthy' ? 'good' : 'bad'}>${h.status}<//>`} />
        <${Figure} label="It says" value=${h.detail ?? '–'} />
        <${Figure} label="Address" value=${base} />
      </dl>`}
    <//>
    ${state.kind === 'in' &&
    html`<h2>You</h2>
      <dl class="figures">
        <${Figure} label="Name" value=${state.who.name} />
        <${Figure} label="Rights" value=${state.who.rights.join(', ')} />
        <${Figure} label="Resources" value=${state.who.resources.join(', ')} />
        <${Figure} label="Until" value=${state.who.expiresAt ? html`<${Instant} at=${state.who.expiresAt} />` : 'no end'} />
      </dl>`}
    <h2>Limits</h2>
    <${Table} caption="Limits" head=${['What', 'At most']}>
      ${LIMITS.map(({ text, value, unit }) => html`<tr><th scope="row">${text}</th><td>${value.toLocaleString('en-US')}${unit ? ` ${unit}` : ''}</td></tr>`)}
    <//>
    <${Commands} call=${calls.health()} />`;
}
