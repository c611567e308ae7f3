// Clients of AWS as they come, SNS and SQS at one endpoint: topics, fan-out by filter policies, envelopes, FIFO, what is refused.
// usage: node sns.mjs ENDPOINT PREFIX [KEY SECRET]
import assert from 'node:assert/strict';
import { createVerify, X509Certificate } from 'node:crypto';
import * as snsClient from '@aws-sdk/client-sns';
import * as sqsClient from '@aws-sdk/client-sqs';

const [endpoint, prefix, accessKeyId = 'AKIDEXAMPLE', secretAccessKey = 'a secret that nobody checks'] = process.argv.slice(2);
const configuration = { endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
const [snsConnection, sqsConnection] = [new snsClient.SNSClient(configuration), new sqsClient.SQSClient(configuration)];
const sns = (command, input) => snsConnection.send(new snsClient[`${command}Command`](input));
const sqs = (command, input) => sqsConnection.send(new sqsClient[`${command}Command`](input));

async function fails(name, command, input) {
  try {
    await sns(command, input);
  } catch (error) {
    assert.equal(error.name, name, `${command}: ${error.name}: ${error.message}`);
    return error;
  }
  assert.fail(`${command} should have failed with ${name}`);
}

async function queue(name, attributes = {}) {
  const { QueueUrl } = await sqs('CreateQueue', { QueueName: `${prefix}-${name}`, Attributes: attributes });
  const { Attributes } = await sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
  return { QueueUrl, arn: Attributes.QueueArn };
}

async function receive({ QueueUrl }, count) {
  const messages = [];
  while (messages.length < count) {
    const { Messages = [] } = await sqs('ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
      AttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    assert.notEqual(Messages.length, 0, `${messages.length} of ${count} have come`);
    for (const { ReceiptHandle } of Messages) await sqs('DeleteMessage', { QueueUrl, ReceiptHandle });
    messages.push(...Messages);
  }
  return messages;
}

async function isEmpty({ QueueUrl }) {
  const { Attributes } = await sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  assert.equal(Attributes.ApproximateNumberOfMessages, '0');
}

// As the developer guide says: the certificate of the URL verifies the members that it lists.
async function verify(envelope) {
  const pem = await (await fetch(envelope.SigningCertURL)).text();
  const names = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
  const signed = names.filter(name => name in envelope).map(name => `${name}\n${envelope[name]}\n`).join('');
  const algorithm = envelope.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
  const isGood = text => createVerify(algorithm).update(text, 'utf8').verify(new X509Certificate(pem).publicKey, envelope.Signature, 'base64');
  assert.ok(isGood(signed));
  assert.ok(!isGood(`${signed}x`));
}

// Topics.
const { TopicArn } = await sns('CreateTopic', { Name: `${prefix}-orders`, Attributes: { DisplayName: 'Orders' }, Tags: [{ Key: 'team', Value: 'blue' }] });
assert.match(TopicArn, new RegExp(`^arn:aws:sns:[a-z0-9-]+:\\d{12}:${prefix}-orders$`));
assert.equal((await sns('CreateTopic', { Name: `${prefix}-orders` })).TopicArn, TopicArn);
await fails('InvalidParameterException', 'CreateTopic', { Name: `${prefix}-orders`, Attributes: { DisplayName: 'Others' } });
await fails('InvalidParameterException', 'CreateTopic', { Name: 'no good name' });
const listed = [];
for await (const { Topics } of snsClient.paginateListTopics({ client: snsConnection }, {})) listed.push(...Topics.map(t => t.TopicArn));
assert.ok(listed.includes(TopicArn));
await sns('SetTopicAttributes', { TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Orders & more' });
const { Attributes: ofTopic } = await sns('GetTopicAttributes', { TopicArn });
assert.deepEqual([ofTopic.TopicArn, ofTopic.DisplayName, ofTopic.SubscriptionsConfirmed], [TopicArn, 'Orders & more', '0']);
assert.equal(JSON.parse(ofTopic.Policy).Statement[0].Sid, '__default_statement_ID');
await sns('TagResource', { ResourceArn: TopicArn, Tags: [{ Key: 'cost', Value: '17' }] });
await sns('UntagResource', { ResourceArn: TopicArn, TagKeys: ['team'] });
assert.deepEqual((await sns('ListTagsForResource', { ResourceArn: TopicArn })).Tags, [{ Key: 'cost', Value: '17' }]);
await sns('AddPermission', { TopicArn, Label: 'friend', AWSAccountId: ['111111111111'], ActionName: ['Publish'] });
const policy = async () => JSON.parse((await sns('GetTopicAttributes', { TopicArn })).Attributes.Policy).Statement.map(s => s.Sid);
assert.deepEqual(await policy(), ['__default_statement_ID', 'friend']);
await sns('RemovePermission', { TopicArn, Label: 'friend' });
assert.deepEqual(await policy(), ['__default_statement_ID']);

// Fan-out by two filter policies, one of attributes, one of bodies.
const [all, cars, dear] = [await queue('all'), await queue('cars'), await queue('dear')];
const subscribe = async (endpointArn, attributes = {}, topic = TopicArn) =>
  (await sns('Subscribe', { TopicArn: topic, Protocol: 'sqs', Endpoint: endpointArn, Attributes: attributes, ReturnSubscriptionArn: true })).SubscriptionArn;
const ofAll = await subscribe(all.arn);
const ofCars = await subscribe(cars.arn, { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify({ kind: ['car', { prefix: 'truck-' }], wheels: [{ numeric: ['>=', 4] }] }) });
const ofDear = await subscribe(dear.arn, { RawMessageDelivery: 'true', FilterPolicyScope: 'MessageBody', FilterPolicy: JSON.stringify({ price: { amount: [{ numeric: ['>', 1000] }] } }) });
assert.match(ofAll, new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`));
assert.equal(await subscribe(all.arn), ofAll);
await fails('InvalidParameterException', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: all.arn, Attributes: { RawMessageDelivery: 'true' } });
const subscriptions = (await sns('ListSubscriptionsByTopic', { TopicArn })).Subscriptions;
assert.deepEqual(subscriptions.map(s => s.SubscriptionArn).sort(), [ofAll, ofCars, ofDear].sort());
assert.equal(subscriptions.find(s => s.SubscriptionArn === ofAll).Endpoint, all.arn);
const text = (StringValue, DataType = 'String') => ({ DataType, StringValue });
const car = await sns('Publish', { TopicArn, Subject: 'A car', Message: '{"price":{"amount":900}}', MessageAttributes: { kind: text('car'), wheels: text('4', 'Number') } });
const ring = await sns('Publish', { TopicArn, Message: '{"price":{"amount":2000},"text":"Grüße 👋 <&>\\n"}', MessageAttributes: { kind: text('ring'), bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 255]) } } });
const [oneCar] = await receive(cars, 1);
assert.equal(oneCar.Body, '{"price":{"amount":900}}');
assert.deepEqual([oneCar.MessageAttributes.kind.StringValue, oneCar.MessageAttributes.wheels.DataType], ['car', 'Number']);
const [oneRing] = await receive(dear, 1);
assert.equal(oneRing.Body, '{"price":{"amount":2000},"text":"Grüße 👋 <&>\\n"}');
assert.deepEqual([...oneRing.MessageAttributes.bytes.BinaryValue], [0, 1, 255]);
const envelopes = (await receive(all, 2)).map(m => {
  assert.equal(m.MessageAttributes, undefined);
  return JSON.parse(m.Body);
});
const ofCar = envelopes.find(e => e.MessageId === car.MessageId);
const ofRing = envelopes.find(e => e.MessageId === ring.MessageId);
assert.deepEqual(Object.keys(ofCar), ['Type', 'MessageId', 'TopicArn', 'Subject', 'Message', 'Timestamp', 'SignatureVersion', 'Signature', 'SigningCertURL', 'UnsubscribeURL', 'MessageAttributes']);
assert.deepEqual([ofCar.Type, ofCar.TopicArn, ofCar.Subject, ofCar.SignatureVersion], ['Notification', TopicArn, 'A car', '1']);
assert.deepEqual(ofCar.MessageAttributes, { kind: { Type: 'String', Value: 'car' }, wheels: { Type: 'Number', Value: '4' } });
assert.equal(ofRing.Message, oneRing.Body);
assert.equal(ofRing.MessageAttributes.bytes.Value, 'AAH/');
assert.ok(!('Subject' in ofRing));
await verify(ofCar);
await verify(ofRing);
await isEmpty(cars);
await isEmpty(dear);

// Another signature, and another form from now on.
await sns('SetTopicAttributes', { TopicArn, AttributeName: 'SignatureVersion', AttributeValue: '2' });
await sns('SetSubscriptionAttributes', { SubscriptionArn: ofCars, AttributeName: 'RawMessageDelivery', AttributeValue: 'false' });
await sns('SetSubscriptionAttributes', { SubscriptionArn: ofCars, AttributeName: 'FilterPolicy', AttributeValue: '{}' });
const { Attributes: ofSubscription } = await sns('GetSubscriptionAttributes', { SubscriptionArn: ofCars });
assert.deepEqual([ofSubscription.RawMessageDelivery, ofSubscription.FilterPolicy, ofSubscription.Endpoint], ['false', undefined, cars.arn]);
await sns('Publish', { TargetArn: TopicArn, MessageStructure: 'json', Message: JSON.stringify({ default: 'for all', sqs: 'for queues', email: 'for people' }) });
const [second] = await receive(cars, 1);
const ofSecond = JSON.parse(second.Body);
assert.deepEqual([ofSecond.Message, ofSecond.SignatureVersion], ['for queues', '2']);
await verify(ofSecond);

// A batch, in which one entry is wrong.
const entries = Array.from({ length: 10 }, (_, i) => ({ Id: `m${i}`, Message: `body ${i}`, MessageAttributes: { n: text(`${i}`, 'Number') } }));
entries[3].Subject = 'two\nlines';
const batch = await sns('PublishBatch', { TopicArn, PublishBatchRequestEntries: entries });
assert.equal(batch.Successful.length, 9);
assert.deepEqual(batch.Failed.map(f => [f.Id, f.Code, f.SenderFault]), [['m3', 'InvalidParameter', true]]);
const bodies = (await receive(cars, 9)).map(m => JSON.parse(m.Body).Message);
assert.deepEqual(bodies.sort(), [0, 1, 2, 4, 5, 6, 7, 8, 9].map(i => `body ${i}`));
await fails('EmptyBatchRequestException', 'PublishBatch', { TopicArn, PublishBatchRequestEntries: [] });

// Dead letters: the queue's own, since nothing that is published is undeliverable.
const dead = await queue('dead');
await sns('SetSubscriptionAttributes', { SubscriptionArn: ofCars, AttributeName: 'RedrivePolicy', AttributeValue: JSON.stringify({ deadLetterTargetArn: dead.arn }) });
assert.equal(JSON.parse((await sns('GetSubscriptionAttributes', { SubscriptionArn: ofCars })).Attributes.RedrivePolicy).deadLetterTargetArn, dead.arn);
await sqs('SetQueueAttributes', { QueueUrl: cars.QueueUrl, Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }) } });
await sns('Publish', { TopicArn, Message: 'poison' });
const [poison] = (await sqs('ReceiveMessage', { QueueUrl: cars.QueueUrl, WaitTimeSeconds: 20 })).Messages;
await sqs('ChangeMessageVisibility', { QueueUrl: cars.QueueUrl, ReceiptHandle: poison.ReceiptHandle, VisibilityTimeout: 0 });
assert.deepEqual((await sqs('ReceiveMessage', { QueueUrl: cars.QueueUrl })).Messages ?? [], []);
assert.equal(JSON.parse((await receive(dead, 1))[0].Body).Message, 'poison');

// FIFO: order in a group, and what is repeated comes once.
const fifoTopic = (await sns('CreateTopic', { Name: `${prefix}-steps.fifo`, Attributes: { FifoTopic: 'true', ContentBasedDeduplication: 'true' } })).TopicArn;
const fifoQueue = await queue('steps.fifo', { FifoQueue: 'true' });
await fails('InvalidParameterException', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: fifoQueue.arn });
await subscribe(fifoQueue.arn, { RawMessageDelivery: 'true' }, fifoTopic);
const step = (Message, MessageGroupId) => sns('Publish', { TopicArn: fifoTopic, Message, MessageGroupId });
const [a1, a2] = [await step('a', 'g'), await step('b', 'g')];
assert.ok(BigInt(a1.SequenceNumber) < BigInt(a2.SequenceNumber));
assert.equal((await step('a', 'g')).MessageId, a1.MessageId);
await step('c', 'g');
const steps = await receive(fifoQueue, 3);
assert.deepEqual(steps.map(m => m.Body), ['a', 'b', 'c']);
assert.deepEqual(steps.map(m => m.Attributes.MessageGroupId), ['g', 'g', 'g']);
await fails('InvalidParameterException', 'Publish', { TopicArn: fifoTopic, Message: 'x' });

// What is refused.
await fails('NotFoundException', 'GetTopicAttributes', { TopicArn: `${TopicArn}-none` });
await fails('NotFoundException', 'Publish', { TopicArn: `${TopicArn}-none`, Message: 'x' });
await fails('InvalidParameterException', 'Publish', { TopicArn, Message: '' });
await fails('InvalidParameterException', 'Publish', { PhoneNumber: '+15550100', Message: 'x' });
for (const Protocol of ['http', 'https', 'email', 'email-json', 'sms', 'application', 'lambda', 'firehose', 'pigeon'])
  assert.match((await fails('InvalidParameterException', 'Subscribe', { TopicArn, Protocol, Endpoint: 'x' })).message, new RegExp(Protocol));
await fails('InvalidParameterException', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: all.arn, Attributes: { FilterPolicy: '{"a":' } });


// Every action tells a bad ARN, and what is not there.
const [badTopic, noTopic] = [{ TopicArn: 'none' }, { TopicArn: `${TopicArn}-none` }];
const friend = { Label: 'l', AWSAccountId: ['111111111111'], ActionName: ['Publish'] };
const display = { AttributeName: 'DisplayName', AttributeValue: 'x' };
const entry = { PublishBatchRequestEntries: [{ Id: 'a', Message: 'x' }] };
for (const [command, more] of Object.entries({ AddPermission: friend, RemovePermission: { Label: 'l' }, GetTopicAttributes: {}, SetTopicAttributes: display, PublishBatch: entry, ListSubscriptionsByTopic: {} })) {
  await fails('InvalidParameterException', command, { ...badTopic, ...more });
  await fails('NotFoundException', command, { ...noTopic, ...more });
}
await fails('InvalidParameterException', 'DeleteTopic', badTopic);
for (const [command, more] of Object.entries({ TagResource: { Tags: [{ Key: 'a', Value: 'b' }] }, UntagResource: { TagKeys: ['a'] }, ListTagsForResource: {} })) {
  await fails('InvalidParameterException', command, { ResourceArn: 'none', ...more });
  await fails('ResourceNotFoundException', command, { ResourceArn: noTopic.TopicArn, ...more });
}
await fails('NotFoundException', 'SetSubscriptionAttributes', { SubscriptionArn: `${TopicArn}:none`, AttributeName: 'RawMessageDelivery', AttributeValue: 'true' });
await fails('InvalidParameterException', 'ListSubscriptions', { NextToken: '!' });

// The end.
await sns('Unsubscribe', { SubscriptionArn: ofAll });
await fails('NotFoundException', 'GetSubscriptionAttributes', { SubscriptionArn: ofAll });
await fetch(ofSecond.UnsubscribeURL.replace(/Token=..../, 'Token=0000')).then(r => assert.equal(r.status, 403));
await fetch(ofSecond.UnsubscribeURL).then(r => assert.equal(r.status, 200));
assert.deepEqual((await sns('ListSubscriptionsByTopic', { TopicArn })).Subscriptions.map(s => s.SubscriptionArn), [ofDear]);
for (const arn of [TopicArn, fifoTopic, TopicArn]) await sns('DeleteTopic', { TopicArn: arn });
await fails('NotFoundException', 'GetTopicAttributes', { TopicArn });
console.log('done');
