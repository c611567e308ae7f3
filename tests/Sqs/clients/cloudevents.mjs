// The SDK of CloudEvents for JavaScript as it comes: what it sends in every mode is given back as events that it reads.
// usage: node cloudevents.mjs ENDPOINT NAME
import assert from 'node:assert/strict';
import { CloudEvent, HTTP, httpTransport, emitterFor, Mode } from 'cloudevents';

const [endpoint, name] = process.argv.slice(2);
const queue = `${endpoint}/queues/${name}`;
const json = { 'content-type': 'application/json' };
assert.equal((await fetch(queue, { method: 'PUT', headers: json, body: '{}' })).status, 201);

const event = id => new CloudEvent({ id, source: 'urn:shop', type: 'order.created', subject: 'Grüße 👋', time: '2026-01-31T12:00:00.500Z', tenant: 'blue', data: { total: 7, text: 'ü' } });
for (const mode of [Mode.BINARY, Mode.STRUCTURED]) {
  const { headers, body } = mode === Mode.BINARY ? HTTP.binary(event(mode)) : HTTP.structured(event(mode));
  // The HTTP binding percent-encodes what headers cannot hold; the SDK leaves that to its caller.
  const encoded = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, k.startsWith('ce-') ? encodeURI(v) : v]));
  assert.equal((await fetch(`${queue}/messages`, { method: 'POST', headers: encoded, body })).status, 201);
}

const emit = emitterFor(httpTransport(`${queue}/messages`), { mode: Mode.STRUCTURED });
await emit(event('emitted'));
const batch = { method: 'POST', headers: { 'content-type': 'application/cloudevents-batch+json' }, body: JSON.stringify([event('one'), event('two')]) };
assert.equal((await (await fetch(`${queue}/messages/batch`, batch)).json()).results.length, 2);

const headers = { accept: 'application/cloudevents+json' };
const ids = [];
while (ids.length < 5) {
  const { messages } = await (await fetch(`${queue}/messages/dequeue?maxMessages=10&waitSeconds=20`, { method: 'POST', headers })).json();
  assert.notEqual(messages.length, 0);
  for (const message of messages) {
    const read = HTTP.toEvent({ headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(message.event) });
    assert.ok(read.validate());
    assert.deepEqual([read.source, read.type, read.subject, read.time, read.tenant], ['urn:shop', 'order.created', 'Grüße 👋', '2026-01-31T12:00:00.500Z', 'blue']);
    assert.deepEqual(read.data, { total: 7, text: 'ü' });
    ids.push(read.id);
  }
}

assert.deepEqual(ids.sort(), ['binary', 'emitted', 'one', 'structured', 'two']);
console.log('done');
