namespace FuncQueue.Worker.Tests.Answers;

/// <summary>Requests to every operation, good and bad, in an order in which each finds what it needs.</summary>
internal static class AskedTable
{
    /// <summary>The trace that one message is sent in; others belong to traces that the hosts begin.</summary>
    public const string TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /// <summary>An event of CloudEvents in JSON, and what several of them are sent as.</summary>
    public const string Event =
        """{"specversion":"1.0","id":"7","source":"urn:shop","type":"order","partitionkey":"k","data":{"a":1.50}}""";
    public const string EventBatch = "application/cloudevents-batch+json";

    public static readonly IReadOnlyList<(string Name, string Value)> BinaryEvent =
    [
        ("ce-specversion", "1.0"),
        ("ce-id", "8"),
        ("ce-source", "urn:shop"),
        ("ce-type", "order"),
        ("ce-subject", "Gr%C3%BC%C3%9Fe"),
    ];

    public static readonly IReadOnlyList<(string Name, string Value)> AsEvents = [("Accept", "application/cloudevents+json")];

    private const string Queue = "/queues/orders";
    private const string Fifo = "/queues/orders.fifo";
    private const string Json = "application/json";

    public static IReadOnlyList<Asked> All { get; } =
    [
        .. Queues(),
        .. Messages(),
        .. DeadLetters(),
        .. Scheduled(),
        .. Groups(),
        .. Figures(),
        .. Sqs(),
        .. Hosts(),
        .. AskedTopics.Around(Queue),
        new("DeleteQueue", "DELETE", Queue),
        new("DeleteQueue", "DELETE", Queue),
        new("DeleteQueue", "DELETE", "/queues/no%20queue"),
        .. Keys(),
    ];

    private static IEnumerable<Asked> Queues() =>
        [
            new("Health", "GET", "/health"),
            new("OpenApi", "GET", "/openapi.json"),
            new("Dashboard", "GET", "/dashboard"),
            new("DashboardFile", "GET", "/dashboard/nowhere.js"),
            new("PutQueue", "PUT", Queue, "[example]"),
            new("PutQueue", "PUT", Queue, "[example]"),
            new("PutQueue", "PUT", "/queues/orders-repaired"),
            new("PutQueue", "PUT", "/queues/empty", "{}"),
            new("PutQueue", "PUT", Fifo, """{"type":"fifo"}"""),
            new("PutQueue", "PUT", "/queues/empty", """{"state":"paused"}"""),
            new("PutQueue", "PUT", "/queues/empty", """{"state":"stopped"}"""),
            new("Enqueue", "POST", "/queues/empty/messages", "paused"),
            new("EnqueueBatch", "POST", "/queues/empty/messages/batch", """{"messages":[{"body":"paused"}]}"""),
            new("Dequeue", "POST", "/queues/empty/messages/dequeue"),
            new("PutQueue", "PUT", "/queues/empty", """{"state":"active"}"""),
            new("PutQueue", "PUT", Queue, """{"type":"fifo"}"""),
            new("PutQueue", "PUT", Queue, """{"visibilityTimeoutSeconds":-1,"colour":"red"}"""),
            new("PutQueue", "PUT", Queue, "{"),
            new("PutQueue", "PUT", Queue, "{}") { ContentType = "text/plain" },
            new("PutQueue", "PUT", Queue, """{"tags":{"a":"ä €"}}""") { Headers = [("If-Match", "\"wrong\"")] },
            new("PutQueue", "PUT", Queue, "{}") { Headers = [("If-None-Match", "*")] },
            new("PutQueue", "PUT", "/queues/no%20queue", "{}"),
            new("PutQueue", "PUT", "/queues/a%2Fb", "{}"),
            new("PutQueue", "PUT", "/queues/%C3%A4", "{}"),
            new("GetQueue", "GET", Queue),
            new("GetQueue", "GET", "/queues/nowhere"),
            new("GetQueue", "GET", Queue + "?colour=red"),
            new("ListQueues", "GET", "/queues"),
            new("ListQueues", "GET", "/queues?prefix=orders&maxResults=1") { Keep = [("page", "continuation")] },
            new("ListQueues", "GET", "/queues?prefix=orders&maxResults=1&continuation=[page]"),
            new("ListQueues", "GET", "/queues?maxResults=0&continuation=forged"),
        ];

    private static IEnumerable<Asked> Messages() =>
        [
            new("Enqueue", "POST", Queue + "/messages", "hello") { Keep = [("id", "messageId")] },
            new("Enqueue", "POST", Queue + "/messages?priority=9&ttlSeconds=3600", "{\"a\":1}")
            {
                ContentType = Json,
                Headers = [("x-attribute-kind", "a%20b%C3%A4"), ("traceparent", TraceParent), ("tracestate", "vendor=1")],
            },
            new("Enqueue", "POST", Queue + "/messages?deduplicationId=once", "first"),
            new("Enqueue", "POST", Queue + "/messages", "again") { Headers = [("Idempotency-Key", "once")] },
            new("Enqueue", "POST", Queue + "/messages"),
            new("Enqueue", "POST", Queue + "/messages?priority=10&ttlSeconds=x&groupId=", "bad"),
            new("Enqueue", "POST", Queue + "/messages", "bad") { Headers = [("x-attribute-a", "%zz")] },
            new("Enqueue", "POST", Queue + "/messages", "a comma") { Headers = [("x-attribute-a", "b,c")] },
            new("Enqueue", "POST", Queue + "/messages", "given twice") { Headers = [("x-attribute-a", "b"), ("x-attribute-a", "c")] },
            new("Enqueue", "POST", Queue + "/messages", "a comma") { Headers = [("Idempotency-Key", "k,l")] },
            new("Enqueue", "POST", Queue + "/messages", "given twice") { Headers = [("Idempotency-Key", "k"), ("Idempotency-Key", "l")] },
            new("Enqueue", "POST", Queue + "/messages", "too much") { Headers = [("x-attribute-a", new string('a', 25_000))] },
            new("Enqueue", "POST", "/queues/nowhere/messages", "x"),
            new("EnqueueBatch", "POST", Queue + "/messages/batch", "[example]"),
            new("EnqueueBatch", "POST", Queue + "/messages/batch", """{"messages":[]}"""),
            new("EnqueueBatch", "POST", Queue + "/messages/batch", """{"messages":[{"body":"x","bodyBase64":"AA=="}]}"""),
            .. Events(),
            new("Peek", "GET", Queue + "/messages?maxMessages=2"),
            new("Peek", "GET", Queue + "/messages?maxMessages=0"),
            new("Peek", "GET", Queue + "/messages?status=scheduled"),
            new("Peek", "GET", Queue + "/messages?status=leased"),
            new("Peek", "GET", Queue + "/messages?status=gone"),
            new("GetMessage", "GET", Queue + "/messages/[id]"),
            new("GetMessage", "GET", Queue + "/messages/none"),
            new("GetMessage", "GET", Queue + "/messages/00000000-0000-0000-0000-000000000000"),
            new("GetMessageBody", "GET", Queue + "/messages/[id]/body"),
            new("GetMessageBody", "GET", Queue + "/messages/00000000-0000-0000-0000-000000000000/body"),
            new("Dequeue", "POST", Queue + "/messages/dequeue") { Keep = [("first", "messages[0].receipt")] },
            new("Dequeue", "POST", Queue + "/messages/dequeue?visibilityTimeoutSeconds=600") { Keep = [("second", "messages[0].receipt")] },
            new("Dequeue", "POST", Queue + "/messages/dequeue") { Keep = [("third", "messages[0].receipt")] },
            new("Dequeue", "POST", Queue + "/messages/dequeue?mode=delete"),
            new("Dequeue", "POST", Queue + "/messages/dequeue?mode=steal&waitSeconds=21&maxMessages=101"),
            new("Dequeue", "POST", "/queues/empty/messages/dequeue?waitSeconds=1"),
            new("Dequeue", "POST", "/queues/nowhere/messages/dequeue"),
            new("Extend", "POST", Queue + "/messages/extend", """{"receipts":["[first]","[second]"],"visibilityTimeoutSeconds":120}"""),
            new("Ack", "POST", Queue + "/messages/ack", """{"receipts":["[first]","forged"]}"""),
            new("Ack", "POST", Queue + "/messages/ack", """{"receipts":["[first]"]}"""),
            new("Ack", "POST", Queue + "/messages/ack", "{}"),
            new("Ack", "POST", Queue + "/messages/ack"),
            new("Nack", "POST", Queue + "/messages/nack", """{"receipts":["[second]"],"delaySeconds":0}"""),
            new("Nack", "POST", Queue + "/messages/nack", """{"receipts":["[second]"]}"""),
            new("Release", "POST", Queue + "/messages/release", """{"receipts":["[second]","forged"]}"""),
            new("Release", "POST", Queue + "/messages/release", """{"receipts":[]}"""),
            new("DeadLetter", "POST", Queue + "/messages/deadletter", """{"receipts":["[third]"],"reason":"broken"}"""),
            new("RemoveMessage", "DELETE", Queue + "/messages/[id]"),
            new("RemoveMessage", "DELETE", Queue + "/messages/none"),
            new("RemoveMessage", "DELETE", Queue + "/messages/00000000-0000-0000-0000-000000000000"),
            new("Enqueue", "POST", "/queues/empty/messages", new string('x', 100_000)) { Keep = [("large", "messageId")] },
            new("Dequeue", "POST", "/queues/empty/messages/dequeue"),
            new("GetMessageBody", "GET", "/queues/empty/messages/[large]/body"),
            new("Purge", "POST", "/queues/empty/purge", "[example]"),
            new("Purge", "POST", "/queues/empty/purge", """{"filter":{"reason":"x","attributes":[]},"dryRun":1}"""),
            new("Purge", "POST", "/queues/empty/purge"),
            new("Purge", "POST", "/queues/empty/purge", "{}"),
        ];

    private static IEnumerable<Asked> Events() =>
        [
            new("PutQueue", "PUT", "/queues/events", "{}"),
            new("Enqueue", "POST", "/queues/events/messages?priority=3", "binary") { Headers = BinaryEvent },
            new("Enqueue", "POST", "/queues/events/messages", "bad") { Headers = [("ce-specversion", "2"), ("ce-id", "7")] },
            new("Enqueue", "POST", "/queues/events/messages", Event) { ContentType = "application/cloudevents+json" },
            new("Enqueue", "POST", "/queues/events/messages", "{}") { ContentType = "application/cloudevents+json" },
            new("EnqueueBatch", "POST", "/queues/events/messages/batch?priority=1", $"[{Event}]") { ContentType = EventBatch },
            new("EnqueueBatch", "POST", "/queues/events/messages/batch?priority=10", "[{},1]") { ContentType = EventBatch },
            new("Dequeue", "POST", "/queues/events/messages/dequeue?mode=delete&maxMessages=3") { Headers = AsEvents },
            new("DeleteQueue", "DELETE", "/queues/events"),
        ];

    private static IEnumerable<Asked> DeadLetters() =>
        [
            new("PeekDeadLetters", "GET", Queue + "/deadletter/messages"),
            new("ListReasons", "GET", Queue + "/deadletter/reasons"),
            new("ListReasons", "GET", "/queues/nowhere/deadletter/reasons"),
            new("PurgeDeadLetters", "POST", Queue + "/deadletter/purge", "[example]"),
            new("PurgeDeadLetters", "POST", Queue + "/deadletter/purge", """{"dryRun":true}"""),
            new("Redrive", "POST", Queue + "/deadletter/redrive", """{"filter":{"reason":"broken"},"dryRun":true}"""),
            new("Redrive", "POST", Queue + "/deadletter/redrive", """{"filter":{"colour":1},"messageIds":[]}"""),
            new("DequeueDeadLetters", "POST", Queue + "/deadletter/dequeue") { Keep = [("dead", "messages[0].receipt")] },
            new("Resubmit", "POST", Queue + "/deadletter/messages/[id]/resubmit", "[example]"),
            new("Resubmit", "POST", Queue + "/deadletter/messages/[id]/resubmit"),
            new("Resubmit", "POST", Queue + "/deadletter/messages/none/resubmit", """{"body":1,"to":""}"""),
            new("ExtendDeadLetters", "POST", Queue + "/deadletter/extend", """{"receipts":["[dead]"],"visibilityTimeoutSeconds":60}"""),
            new("NackDeadLetters", "POST", Queue + "/deadletter/nack", """{"receipts":["[dead]"]}"""),
            new("DequeueDeadLetters", "POST", Queue + "/deadletter/dequeue?waitSeconds=5") { Keep = [("dead", "messages[0].receipt")] },
            new("AckDeadLetters", "POST", Queue + "/deadletter/ack", """{"receipts":["[dead]"]}"""),
            new("Redrive", "POST", Queue + "/deadletter/redrive", "[example]"),
            new("Redrive", "POST", Queue + "/deadletter/redrive", """{"to":"nowhere"}"""),
            new("Redrive", "POST", Queue + "/deadletter/redrive", """{"messageIds":["none"]}"""),
            new("RemoveDeadLetter", "DELETE", Queue + "/deadletter/messages/[id]"),
            new("RemoveDeadLetter", "DELETE", Queue + "/deadletter/messages/none"),
            new("PurgeDeadLetters", "POST", Queue + "/deadletter/purge"),
        ];

    /// <summary>At the end: from the first key on, what LocalHost would take from anybody needs one.</summary>
    private static IEnumerable<Asked> Keys() =>
        [
            new("HostListKeys", "GET", "/host/keys"),
            new("HostPutKey", "PUT", "/host/keys/owner", """{"rights":["manage","keys"],"resources":["*"]}""") { Keep = [("key", "key")] },
            .. new Asked[]
            {
                new("HostPutKey", "PUT", "/host/keys/producer", "[example]"),
                new("HostGetKey", "GET", "/host/keys/producer"),
                new("HostRotateKey", "POST", "/host/keys/producer/rotate", "[example]"),
                new("HostDeleteKey", "DELETE", "/host/keys/producer"),
                new("PutKey", "PUT", "/keys/producer", "[example]"),
                new("PutKey", "PUT", "/keys/producer", """{"rights":["own"],"resources":[]}"""),
                new("PutKey", "PUT", "/keys/no%20key", "{}"),
                new("GetKey", "GET", "/keys/producer"),
                new("GetKey", "GET", "/keys/nobody"),
                new("ListKeys", "GET", "/keys"),
                new("RotateKey", "POST", "/keys/producer/rotate", "[example]"),
                new("DeleteKey", "DELETE", "/keys/producer"),
                new("WhoAmI", "GET", "/whoami"),
            }.Select(step => step with { Headers = [("Authorization", "Bearer [key]")] }),
            new("WhoAmI", "GET", "/whoami") { Headers = [("Authorization", "Bearer wrong")] },
            new("GetQueue", "GET", Queue) { Headers = [("Authorization", "Bearer wrong")] },
            Call("ListQueues", "{}"),
        ];

    private static IEnumerable<Asked> Scheduled() =>
        [
            new("Enqueue", "POST", Queue + "/messages?delaySeconds=600", "later") { Keep = [("later", "messageId")] },
            new("Enqueue", "POST", Queue + "/messages?enqueueAt=yesterday", "later"),
            new("ListScheduled", "GET", Queue + "/scheduled"),
            new("CancelScheduled", "DELETE", Queue + "/scheduled/[later]"),
            new("CancelScheduled", "DELETE", Queue + "/scheduled/[later]"),
            new("CancelScheduled", "DELETE", Queue + "/scheduled/none"),
        ];

    private static IEnumerable<Asked> Groups() =>
        [
            new("Enqueue", "POST", Fifo + "/messages?groupId=customer-1", "one"),
            new("Enqueue", "POST", Fifo + "/messages", "in no group"),
            new("ListGroups", "GET", Fifo + "/groups"),
            new("ListGroups", "GET", Queue + "/groups"),
            new("Dequeue", "POST", Fifo + "/messages/dequeue"),
        ];

    /// <summary>Of a queue in which nothing happens: elsewhere they change with each sweep.</summary>
    private static IEnumerable<Asked> Figures() =>
        [
            new("ListQueues", "GET", "/queues?prefix=empty&counts=true"),
            new("ListQueues", "GET", "/queues?prefix=empty&counts=many"),
            new("GetBacklog", "GET", "/queues/empty/backlog"),
            new("GetBacklog", "GET", "/queues/nowhere/backlog"),
            new("GetHistory", "GET", "/queues/empty/history"),
            new("GetHistory", "GET", "/queues/empty/history?hours=0"),
            new("GetHistory", "GET", "/queues/nowhere/history?hours=1"),
        ];

    private static IEnumerable<Asked> Sqs()
    {
        yield return Call("CreateQueue", """{"QueueName":"sqs-orders"}""");
        yield return Call("CreateQueue", """{"QueueName":"no queue"}""");
        yield return Call("NoSuchAction", "{}");
        yield return Call("SendMessage", """{"QueueUrl":"https://x/sqs/000000000000/sqs-orders","MessageBody":"hello"}""");
        yield return Form("Sqs", "/sqs", "Action=GetQueueUrl&QueueName=sqs-orders&Version=2012-11-05");
        yield return Form("Sqs", "/sqs", "Action=GetQueueUrl&QueueName=nowhere&Version=2012-11-05");
        yield return Form("SqsQueue", "/sqs/000000000000/sqs-orders", "Action=SendMessage&MessageBody=again&Version=2012-11-05");
        yield return Form("SqsQueue", "/sqs/000000000000/nowhere", "Action=SendMessage&MessageBody=again&Version=2012-11-05");
        yield return new Asked("SqsPresigned", "GET", "/sqs?Action=ListQueues&QueueNamePrefix=sqs-&Version=2012-11-05");
        yield return new Asked("SnsCertificate", "GET", "/sns/none.pem");
        yield return new Asked("SqsQueuePresigned", "GET", "/sqs/000000000000/sqs-orders?Action=ReceiveMessage&Version=2012-11-05");
        yield return Call("GetQueueUrl", """{"QueueName":"sqs-orders"}""") with
        {
            Operation = "SqsRoot",
            Url = "/",
        };
        yield return Form("SqsRootQueue", "/000000000000/sqs-orders", "Action=SendMessage&MessageBody=again&Version=2012-11-05");
        yield return new Asked("SqsRootPresigned", "GET", "/?Action=ListQueues&QueueNamePrefix=sqs-&Version=2012-11-05");
        yield return new Asked("SqsRootQueuePresigned", "GET", "/000000000000/sqs-orders?Action=ReceiveMessage&Version=2012-11-05");
    }

    /// <summary>What no function takes, and paths written in other ways.</summary>
    private static IEnumerable<Asked> Hosts() =>
        [
            new(null, "GET", "/"),
            new(null, "HEAD", "/"),
            new(null, "HEAD", "/health"),
            new(null, "HEAD", Queue),
            new(null, "GET", "/nowhere"),
            new(null, "OPTIONS", Queue),
            new(null, "GET", "/queues/orders/nowhere/at/all"),
            new(null, "PATCH", Queue),
            new(null, "GET", Queue + "/"),
            new(null, "GET", "/QUEUES/orders"),
            new(null, "GET", "/queues//messages"),
            new(null, "GET", "/queues/orders%2Fmessages"),
            new(null, "POST", Queue + "/messages/DEQUEUE?mode=delete"),
        ];

    private static Asked Call(string action, string json) =>
        new("Sqs", "POST", "/sqs", json)
        {
            ContentType = "application/x-amz-json-1.0",
            Headers = [("X-Amz-Target", "AmazonSQS." + action)],
        };

    private static Asked Form(string operation, string url, string form) =>
        new(operation, "POST", url, form) { ContentType = "application/x-www-form-urlencoded" };
}
