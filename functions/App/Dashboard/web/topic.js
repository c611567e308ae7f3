// A topic: its partitions, and the parts of its page.
import { useRef, useState } from 'preact/hooks';
import { ask } from './api.js';
import { calls } from './calls.js';
import { Commands } from './commands.js';
import { Act } from './dialogs.js';
import { count, duration, rate } from './format.js';
import { GroupsPart } from './groups.js';
import { html } from './html.js';
import { MatchPart } from './match.js';
import { queueHref, topicHref } from './overview.js';
import { Figure, Instant, Loaded, N, Table, Tabs } from './parts.js';
import { usePoll } from './poll.js';
import { PublishDialog } from './publish.js';
import { RecordsPart } from './records.js';
import { can } from './session.js';
import { SubscriptionsPart } from './subscriptions.js';
import { TopicSettings } from './topicsettings.js';

/** @param {{ name: string, rest: string[] }} props */
export function TopicPage({ name, rest }) {
  const [part = ''] = rest;
  const at = (/** @type {string} */ tab) => ({ href: `${topicHref(name)}${tab ? `/${tab}` : ''}`, at: part === tab });
  const status = usePoll(async (signal) => {
    const { data, etag } = await ask(calls.topic(name), signal);
    return { ...data, etag };
  }, [name], 5);
  return html`<div class="title"><h1 tabindex="-1">${name}</h1></div>
    <${Loaded} of=${status}>
      ${(/** @type {any} */ topic) => html`<${Figures} topic=${topic} />
        <${Tabs}
          label="Parts of the topic"
          items=${[
            { text: 'Topic', ...at('') },
            { text: 'Subscriptions', ...at('subscriptions') },
            { text: 'Match', ...at('match') },
            ...(can('receive', 'topic', name) ? [{ text: 'Records', ...at('records') }] : []),
            { text: 'Groups', ...at('groups') },
          ]}
        />
        ${part === '' && html`<${TopicOverview} topic=${topic} refresh=${status.refresh} />`}
        ${part === 'subscriptions' && html`<${SubscriptionsPart} topic=${name} />`} ${part === 'match' && html`<${MatchPart} topic=${name} />`}
        ${part === 'records' && html`<${RecordsPart} topic=${topic} at=${rest.slice(1)} />`} ${part === 'groups' && html`<${GroupsPart} topic=${name} />`}`}
    <//>`;
}

/** @param {any} topic */
const published = (topic) => topic.offsets.reduce((/** @type {number} */ sum, /** @type {any} */ p) => sum + p.nextOffset, 0);

/** Records per second since this page was opened. @param {any} topic */
function useRate(topic) {
  const first = useRef({ at: Date.now(), total: published(topic) });
  const seconds = (Date.now() - first.current.at) / 1000;
  return seconds < 4 ? null : (published(topic) - first.current.total) / seconds;
}

function Figures({ topic }) {
  const into = useRate(topic);
  const kept = topic.offsets.reduce((/** @type {number} */ sum, /** @type {any} */ p) => sum + p.nextOffset - p.firstOffset, 0);
  return html`<dl class="figures">
    <${Figure} label="Records kept" value=${count(kept)} />
    <${Figure} label="Published since its creation" value=${count(published(topic))} />
    <${Figure} label="In, since you look" value=${rate(into)} />
    <${Figure} label="Kept for" value=${topic.retentionSeconds === null ? 'ever' : duration(topic.retentionSeconds)} />
    <${Figure} label="Unroutable go to" value=${topic.alternateQueue ?? 'nowhere'} href=${topic.alternateQueue ? queueHref(topic.alternateQueue) : undefined} />
  </dl>`;
}

function TopicOverview({ topic, refresh }) {
  const [publishing, setPublishing] = useState(false);
  const { name } = topic;
  return html`<div class="bar">
      ${can('send', 'topic', name) && html`<button type="button" class="solid" onClick=${() => setPublishing(true)}>Publish a record</button>`}
      <span class="grow"></span>
      <${TopicSettings} topic=${topic} done=${refresh} />
      <${Act}
        label="Delete topic"
        title="Delete ${name}"
        danger
        needs="manage"
        on=${['topic', name]}
        call=${calls.deleteTopic(name)}
        typed=${name}
        told=${() => `${name} is deleted.`}
        done=${() => (location.hash = '#/')}
      ><p>Refuses new records, lets subscriptions take what is theirs, then deletes the topic with all its records.</p><//>
    </div>
    ${publishing && html`<${PublishDialog} topic=${name} close=${() => setPublishing(false)} done=${refresh} />`}
    <${Table} caption="Partitions" head=${['Partition', { figure: 'First offset' }, { figure: 'Next offset' }, { figure: 'Records' }, 'Last published']}>
      ${topic.offsets.map(
        (/** @type {any} */ p) => html`<tr>
          <th scope="row">${can('receive', 'topic', name) ? html`<a href="${topicHref(name)}/records/${p.partition}">${p.partition}</a>` : p.partition}</th>
          <${N} n=${p.firstOffset} /><${N} n=${p.nextOffset} /><${N} n=${p.nextOffset - p.firstOffset} />
          <td><${Instant} at=${p.lastPublishedAt} /></td>
        </tr>`,
      )}
    <//>
    <${Commands} call=${calls.topic(name)} />`;
}
