// All that the dashboard asks the API for, with the same for the command line tool.

/** @typedef {import('./api.js').Call} Call */

/** @param {string} text a word for a shell */
export const quote = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

const part = encodeURIComponent;
/** @param {string} q */
const queue = (q) => `queues/${part(q)}`;
/** @param {string} t */
const topic = (t) => `topics/${part(t)}`;
/** @param {any} json */
const inline = (json) => quote(JSON.stringify(json));

/** Options of the command line tool for the members of an object, as the table has them. @param {Record<string, string>} table @param {Record<string, any> | undefined} members */
const options = (table, members) =>
  Object.entries(members ?? {})
    .filter(([name, value]) => table[name] !== undefined && value !== undefined && value !== '')
    .map(([name, value]) => ` --${table[name]} ${value === null ? 'none' : quote(String(value))}`)
    .join('');
/** @param {Record<string, any>} attributes */
const attributeOptions = (attributes) =>
  Object.entries(attributes)
    .map(([name, value]) => ` --attribute ${quote(`${name}=${value}`)}`)
    .join('');

const FILTER = { reason: 'reason', groupId: 'group', before: 'before', after: 'after' };
const SETTINGS = {
  visibilityTimeoutSeconds: 'visibility',
  maxDeliveryCount: 'max-deliveries',
  messageTtlSeconds: 'ttl',
  onExpiry: 'on-expiry',
  delaySeconds: 'delay',
  deduplicationWindowSeconds: 'deduplication-window',
  contentBasedDeduplication: 'content-deduplication',
  shards: 'shards',
  deadLetterTtlSeconds: 'dead-letter-ttl',
  state: 'state',
  initialSeconds: 'backoff',
  maxSeconds: 'max-backoff',
};
/** @param {any} settings */
const settingOptions = ({ type, maxDeliveryCount, retryBackoff, ...others }) =>
  (type === 'fifo' ? ' --fifo' : '') +
  options(SETTINGS, { ...others, ...retryBackoff, maxDeliveryCount: maxDeliveryCount === null ? 0 : maxDeliveryCount });

/** @param {string | null} etag what was seen @param {boolean} [fresh] it must not be there yet @returns {Record<string, string> | undefined} */
const condition = (etag, fresh) => (etag ? { 'If-Match': etag } : fresh ? { 'If-None-Match': '*' } : undefined);

/** @type {Record<string, (...args: any[]) => Call>} */
const service = {
  whoAmI: () => ({ method: 'GET', path: 'whoami', cli: 'funcqueue keys whoami' }),
  health: () => ({ method: 'GET', path: 'health', cli: 'funcqueue health' }),
  keys: () => ({ method: 'GET', path: 'keys', cli: 'funcqueue keys list' }),
  putKey: (name, change) => ({
    method: 'PUT',
    path: `keys/${part(name)}`,
    json: change,
    cli: `funcqueue keys set ${quote(name)}`
      + [...change.rights.map((/** @type {string} */ r) => ` --right ${r}`), ...change.resources.map((/** @type {string} */ r) => ` --resource ${quote(r)}`)].join('')
      + options({ expiresAt: 'expires' }, change),
  }),
  rotateKey: (name, overlapSeconds) => ({
    method: 'POST',
    path: `keys/${part(name)}/rotate`,
    json: { overlapSeconds },
    cli: `funcqueue keys rotate ${quote(name)} --overlap ${overlapSeconds}`,
  }),
  deleteKey: (name) => ({ method: 'DELETE', path: `keys/${part(name)}`, cli: `funcqueue keys delete ${quote(name)} --yes` }),
};

/** @type {Record<string, (...args: any[]) => Call>} */
const queues = {
  queues: (prefix, continuation, maxResults = 100) => ({
    method: 'GET',
    path: 'queues',
    query: { counts: true, prefix, maxResults, continuation },
    cli: `funcqueue queue list${prefix ? ` ${quote(prefix)}` : ''}`,
  }),
  queue: (q) => ({ method: 'GET', path: queue(q), cli: `funcqueue queue show ${quote(q)}` }),
  history: (q, hours) => ({ method: 'GET', path: `${queue(q)}/history`, query: { hours } }),
  putQueue: (q, settings, etag, fresh) => ({
    method: 'PUT',
    path: queue(q),
    json: settings,
    headers: condition(etag, fresh),
    cli: `funcqueue queue set ${quote(q)}${fresh ? ' --new' : ''}${settingOptions(settings)}`,
  }),
  deleteQueue: (q) => ({ method: 'DELETE', path: queue(q), cli: `funcqueue queue delete ${quote(q)} --yes` }),
  groups: (q, continuation) => ({ method: 'GET', path: `${queue(q)}/groups`, query: { continuation }, cli: `funcqueue group list ${quote(q)}` }),
  purge: (q, filter, dryRun) => ({
    method: 'POST',
    path: `${queue(q)}/purge`,
    json: filter || dryRun ? { filter, dryRun } : undefined,
    cli: `funcqueue queue purge ${quote(q)} --yes`,
  }),
};

/** @type {Record<string, (...args: any[]) => Call>} */
const messages = {
  peek: (q, status, continuation) =>
    status === 'scheduled'
      ? { method: 'GET', path: `${queue(q)}/scheduled`, query: { continuation }, cli: `funcqueue peek ${quote(q)} --scheduled` }
      : {
          method: 'GET',
          path: `${queue(q)}/messages`,
          query: { status: status === 'ready' ? undefined : status, continuation },
          cli: status === 'ready' ? `funcqueue peek ${quote(q)}` : undefined,
        },
  message: (q, id) => ({ method: 'GET', path: `${queue(q)}/messages/${id}`, cli: `funcqueue peek ${quote(q)} --id ${id}` }),
  body: (q, id) => ({ method: 'GET', path: `${queue(q)}/messages/${id}/body` }),
  send: (q, body, { contentType, attributes, ...query }) => ({
    method: 'POST',
    path: `${queue(q)}/messages`,
    query,
    body,
    headers: {
      'Content-Type': contentType,
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`x-attribute-${name}`, part(String(value))])),
    },
    cli: `funcqueue send ${quote(q)} --type ${quote(contentType)}${attributeOptions(attributes)}`
      + `${options({ groupId: 'group', deduplicationId: 'deduplication-id', delaySeconds: 'delay', priority: 'priority' }, query)} -- ${quote(body)}`,
  }),
  cancel: (q, id) => ({ method: 'DELETE', path: `${queue(q)}/scheduled/${id}` }),
  remove: (q, id) => ({ method: 'DELETE', path: `${queue(q)}/messages/${id}` }),
};

/** @type {Record<string, (...args: any[]) => Call>} */
const deadLetters = {
  deadLetters: (q, continuation) => ({
    method: 'GET',
    path: `${queue(q)}/deadletter/messages`,
    query: { continuation },
    cli: `funcqueue dlq list ${quote(q)}`,
  }),
  reasons: (q) => ({ method: 'GET', path: `${queue(q)}/deadletter/reasons`, cli: `funcqueue dlq reasons ${quote(q)}` }),
  redrive: (q, { messageIds, filter, to, maxMessages, dryRun }) => ({
    method: 'POST',
    path: `${queue(q)}/deadletter/redrive`,
    json: { messageIds, filter, to, maxMessages, dryRun },
    cli: filter?.attributes
      ? undefined
      : `funcqueue dlq redrive ${quote(q)}${(messageIds ?? []).map((/** @type {string} */ id) => ` --id ${id}`).join('')}${options(FILTER, filter)}`
        + `${to ? ` --to ${quote(to)}` : ''}${dryRun ? ' --dry-run' : ' --yes'}`,
  }),
  purgeDeadLetters: (q, filter, dryRun) => ({
    method: 'POST',
    path: `${queue(q)}/deadletter/purge`,
    json: filter || dryRun ? { filter, dryRun } : undefined,
    cli: filter?.attributes ? undefined : `funcqueue dlq purge ${quote(q)}${options(FILTER, filter)}${dryRun ? ' --dry-run' : ' --yes'}`,
  }),
  removeDeadLetter: (q, id) => ({
    method: 'DELETE',
    path: `${queue(q)}/deadletter/messages/${id}`,
  }),
  resubmit: (q, id, change) => ({
    method: 'POST',
    path: `${queue(q)}/deadletter/messages/${id}/resubmit`,
    json: change,
    cli: change.body === undefined
      ? undefined
      : `funcqueue dlq edit ${quote(q)} ${id}${options({ body: 'body', contentType: 'type', to: 'to' }, change)}${attributeOptions(change.attributes ?? {})}`,
  }),
};

/** @type {Record<string, (...args: any[]) => Call>} */
const topics = {
  topics: (prefix, continuation) => ({
    method: 'GET',
    path: 'topics',
    query: { prefix, maxResults: 100, continuation },
    cli: `funcqueue topic list${prefix ? ` ${quote(prefix)}` : ''}`,
  }),
  topic: (t) => ({ method: 'GET', path: topic(t), cli: `funcqueue topic show ${quote(t)}` }),
  putTopic: (t, settings, etag, fresh) => ({
    method: 'PUT',
    path: topic(t),
    json: settings,
    headers: condition(etag, fresh),
    cli: `funcqueue topic set ${quote(t)}${options({ partitions: 'partitions', retentionSeconds: 'retention', alternateQueue: 'alternate-queue' }, settings)}`,
  }),
  deleteTopic: (t) => ({ method: 'DELETE', path: topic(t), cli: `funcqueue topic delete ${quote(t)} --yes` }),
  publish: (t, message) => ({
    method: 'POST',
    path: `${topic(t)}/messages/batch`,
    json: { messages: [message] },
    cli: `funcqueue topic publish ${quote(t)}${options({ contentType: 'type', routingKey: 'routing-key', key: 'record-key' }, message)}`
      + `${attributeOptions(message.attributes ?? {})} -- ${quote(message.body)}`,
  }),
  match: (t, record) => ({
    method: 'POST',
    path: `${topic(t)}/match`,
    json: record,
  }),
  records: (t, partition, from) => ({
    method: 'GET',
    path: `${topic(t)}/partitions/${partition}/records`,
    query: { from, maxRecords: 50, maxBytes: 262144 },
  }),
  recordBody: (t, partition, offset) => ({
    method: 'GET',
    path: `${topic(t)}/partitions/${partition}/records/${offset}/body`,
  }),
  subscriptions: (t) => ({ method: 'GET', path: `${topic(t)}/subscriptions`, cli: `funcqueue subscription list ${quote(t)}` }),
  putSubscription: (t, name, settings, etag) => ({
    method: 'PUT',
    path: `${topic(t)}/subscriptions/${part(name)}`,
    json: settings,
    headers: condition(etag),
    cli: settings.topic
      ? undefined
      : `funcqueue subscription set ${quote(t)} ${quote(name)} --queue ${quote(settings.queue)} --filters ${inline(settings.filters)}${options({ from: 'from' }, settings)}`,
  }),
  deleteSubscription: (t, name) => ({
    method: 'DELETE',
    path: `${topic(t)}/subscriptions/${part(name)}`,
    cli: `funcqueue subscription delete ${quote(t)} ${quote(name)} --yes`,
  }),
  seekSubscription: (t, name, to) => ({
    method: 'POST',
    path: `${topic(t)}/subscriptions/${part(name)}/seek`,
    json: { to },
    cli: `funcqueue subscription seek ${quote(t)} ${quote(name)} ${typeof to === 'string' ? to : inline(to)}`,
  }),
  topicGroups: (t) => ({ method: 'GET', path: `${topic(t)}/groups` }),
  seekGroup: (t, name, to) => ({
    method: 'POST',
    path: `${topic(t)}/groups/${part(name)}/seek`,
    json: { to },
  }),
  deleteGroup: (t, name) => ({
    method: 'DELETE',
    path: `${topic(t)}/groups/${part(name)}`,
  }),
};

export const calls = { ...service, ...queues, ...messages, ...deadLetters, ...topics };
