// A client of AWS as it comes, against the endpoint: every action once, with what it promises asserted.
// usage: node scenario.mjs PACKAGE ENDPOINT PREFIX [KEY SECRET]
import assert from 'node:assert/strict';

const [packageName, endpoint, prefix, accessKeyId = 'AKIDEXAMPLE', secretAccessKey = 'a secret that nobody checks'] = process.argv.slice(2);
const sqs = await import(packageName);
const expected = packageName === '@aws-sdk/client-sqs' ? 'application/x-amz-json-1.0' : 'application/x-www-form-urlencoded';

const client = new sqs.SQSClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey },
  maxAttempts: 1,
});
const protocols = new Set();
client.middlewareStack.add(
  next => args => {
    protocols.add(args.request.headers['content-type']);
    return next(args);
  },
  { step: 'finalizeRequest', name: 'watchProtocol' },
);

const send = (command, input) => client.send(new sqs[`${command}Command`](input));

async function fails(name, command, input) {
  try {
    await send(command, input);
  } catch (error) {
    assert.equal(error.name, name, `${command}: ${error.message}`);
    return error;
  }
  assert.fail(`${command} should have failed with ${name}`);
}

const arn = url => `arn:aws:sqs:us-east-1:000000000000:${url.split('/').at(-1)}`;

// Queues.
const { QueueUrl } = await send('CreateQueue', { QueueName: `${prefix}-orders`, Attributes: { VisibilityTimeout: '60' }, tags: { team: 'blue' } });
assert.equal(QueueUrl, `${new URL(endpoint).origin}/000000000000/${prefix}-orders`);
assert.equal((await send('GetQueueUrl', { QueueName: `${prefix}-orders` })).QueueUrl, QueueUrl);
assert.deepEqual((await send('ListQueues', { QueueNamePrefix: prefix })).QueueUrls, [QueueUrl]);
await fails('QueueDoesNotExist', 'GetQueueUrl', { QueueName: `${prefix}-none` });
await send('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: '0', ReceiveMessageWaitTimeSeconds: '5' } });
const { Attributes } = await send('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
assert.equal(Attributes.VisibilityTimeout, '60');
assert.equal(Attributes.ReceiveMessageWaitTimeSeconds, '5');
assert.equal(Attributes.QueueArn, arn(QueueUrl));
await send('TagQueue', { QueueUrl, Tags: { cost: '17', 'Ä&=': 'ü ' } });
await send('UntagQueue', { QueueUrl, TagKeys: ['team'] });
assert.deepEqual((await send('ListQueueTags', { QueueUrl })).Tags, { cost: '17', 'Ä&=': 'ü ' });
await send('AddPermission', { QueueUrl, Label: 'friend', AWSAccountIds: ['111111111111'], Actions: ['SendMessage', 'ReceiveMessage'] });
const policy = JSON.parse((await send('GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] })).Attributes.Policy);
assert.deepEqual(policy.Statement[0].Action, ['SQS:SendMessage', 'SQS:ReceiveMessage']);
await send('RemovePermission', { QueueUrl, Label: 'friend' });

// Messages. The clients compare digests themselves.
const body = 'Grüße 👋 <b>"&"</b>\r\n\ttab + 100% \n';
const sent = await send('SendMessage', {
  QueueUrl,
  MessageBody: body,
  MessageAttributes: {
    text: { DataType: 'String', StringValue: 'a&b=c d\r\n' },
    number: { DataType: 'Number.int', StringValue: '42' },
    bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 255]) },
  },
  MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' } },
});
const [message] = (await send('ReceiveMessage', { QueueUrl, AttributeNames: ['All'], MessageAttributeNames: ['All'] })).Messages;
assert.equal(message.Body, body);
assert.equal(message.MessageId, sent.MessageId);
assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
assert.equal(message.MessageAttributes.text.StringValue, 'a&b=c d\r\n');
assert.equal(message.MessageAttributes.number.DataType, 'Number.int');
assert.deepEqual([...message.MessageAttributes.bytes.BinaryValue], [0, 1, 255]);
assert.equal(message.Attributes.ApproximateReceiveCount, '1');
assert.equal(message.Attributes.AWSTraceHeader, 'Root=1-5759e988-bd862e3fe1be46a994272793');
await send('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 });
const [again] = (await send('ReceiveMessage', { QueueUrl })).Messages;
await send('DeleteMessage', { QueueUrl, ReceiptHandle: again.ReceiptHandle });
await fails('ReceiptHandleIsInvalid', 'DeleteMessage', { QueueUrl, ReceiptHandle: 'none' });
await fails('InvalidMessageContents', 'SendMessage', { QueueUrl, MessageBody: '\u0001' });
assert.equal((await send('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 0 })).Messages, undefined);

// Batches.
const entries = Array.from({ length: 10 }, (_, i) => ({ Id: `m${i}`, MessageBody: `body ${i}`, MessageAttributes: { n: { DataType: 'Number', StringValue: `${i}` } } }));
entries[3].DelaySeconds = 901;
const batch = await send('SendMessageBatch', { QueueUrl, Entries: entries });
assert.equal(batch.Successful.length, 9);
assert.deepEqual(batch.Failed.map(f => [f.Id, f.Code, f.SenderFault]), [['m3', 'InvalidParameterValue', true]]);
const received = (await send('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['n'] })).Messages;
assert.deepEqual(received.map(m => m.Body).sort(), [0, 1, 2, 4, 5, 6, 7, 8, 9].map(i => `body ${i}`));
const changed = await send('ChangeMessageVisibilityBatch', { QueueUrl, Entries: received.map((m, i) => ({ Id: `${i}`, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: 100 + i })) });
assert.equal(changed.Successful.length, 9);
const deleted = await send('DeleteMessageBatch', { QueueUrl, Entries: [...received.map((m, i) => ({ Id: `${i}`, ReceiptHandle: m.ReceiptHandle })), { Id: 'bad', ReceiptHandle: 'none' }] });
assert.equal(deleted.Successful.length, 9);
assert.deepEqual(deleted.Failed.map(f => [f.Id, f.Code]), [['bad', 'ReceiptHandleIsInvalid']]);
await fails('EmptyBatchRequest', 'DeleteMessageBatch', { QueueUrl, Entries: [] });

// FIFO.
const fifo = (await send('CreateQueue', { QueueName: `${prefix}.fifo`, Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' } })).QueueUrl;
const first = await send('SendMessage', { QueueUrl: fifo, MessageBody: 'a', MessageGroupId: 'g' });
const repeat = await send('SendMessage', { QueueUrl: fifo, MessageBody: 'a', MessageGroupId: 'g' });
assert.equal(repeat.MessageId, first.MessageId);
assert.equal(repeat.SequenceNumber, first.SequenceNumber);
await send('SendMessage', { QueueUrl: fifo, MessageBody: 'b', MessageGroupId: 'g' });
const ordered = (await send('ReceiveMessage', { QueueUrl: fifo, MaxNumberOfMessages: 10, AttributeNames: ['All'], ReceiveRequestAttemptId: 'try' })).Messages;
assert.deepEqual(ordered.map(m => m.Body), ['a', 'b']);
assert.equal(ordered[0].Attributes.MessageGroupId, 'g');
assert.equal(ordered[0].Attributes.SequenceNumber, first.SequenceNumber);

// Dead letters.
const dead = (await send('CreateQueue', { QueueName: `${prefix}-dead` })).QueueUrl;
await send('SetQueueAttributes', { QueueUrl, Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(dead), maxReceiveCount: 1 }) } });
assert.deepEqual((await send('ListDeadLetterSourceQueues', { QueueUrl: dead })).queueUrls, [QueueUrl]);
await send('SendMessage', { QueueUrl, MessageBody: 'poison' });
const [poison] = (await send('ReceiveMessage', { QueueUrl })).Messages;
await send('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: poison.ReceiptHandle, VisibilityTimeout: 0 });
assert.deepEqual((await send('ReceiveMessage', { QueueUrl })).Messages ?? [], []);
const [corpse] = (await send('ReceiveMessage', { QueueUrl: dead, WaitTimeSeconds: 20, VisibilityTimeout: 0, AttributeNames: ['All'] })).Messages;
assert.equal(corpse.Body, 'poison');
// Clients from before 2023 know the action of old.
if (sqs.StartMessageMoveTaskCommand) {
  const { TaskHandle } = await send('StartMessageMoveTask', { SourceArn: arn(dead) });
  assert.ok(TaskHandle);
  const [back] = (await send('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 })).Messages;
  assert.equal(back.Body, 'poison');
  const [task] = (await send('ListMessageMoveTasks', { SourceArn: arn(dead) })).Results;
  assert.equal(task.SourceArn, arn(dead));
  assert.equal(Number(task.ApproximateNumberOfMessagesToMove), 1);
  await fails('ResourceNotFoundException', 'CancelMessageMoveTask', { TaskHandle: Buffer.from(JSON.stringify({ taskId: '00000000-0000-4000-8000-000000000000', sourceArn: arn(dead) })).toString('base64') });
}

// The end.
await send('PurgeQueue', { QueueUrl });
await fails('PurgeQueueInProgress', 'PurgeQueue', { QueueUrl });
await send('DeleteQueue', { QueueUrl });
await fails('QueueDeletedRecently', 'CreateQueue', { QueueName: `${prefix}-orders` });
assert.deepEqual([...protocols], [expected]);
console.log('done');
