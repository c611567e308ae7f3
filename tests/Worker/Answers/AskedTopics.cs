namespace FuncQueue.Worker.Tests.Answers;

/// <summary>Requests about topics. What is forwarded arrives when it does, so nothing of it is asked for.</summary>
internal static class AskedTopics
{
    private const string Topic = "/topics/prices";
    private const string Subscription = Topic + "/subscriptions/eu";
    private const string Group = Topic + "/groups/workers";
    private const string Records = Topic + "/partitions/0/records";

    /// <param name="queue">The path of a queue that is there.</param>
    public static IEnumerable<Asked> Around(string queue) =>
        [
            new("PutTopic", "PUT", Topic, "[example]"),
            new("PutTopic", "PUT", Topic, """{"partitions":0,"colour":"red"}"""),
            new("PutTopic", "PUT", Topic, """{"partitions":1}"""),
            new("PutTopic", "PUT", Topic, "{}") { Headers = [("If-None-Match", "*")] },
            new("PutTopic", "PUT", "/topics/no%20topic", "{}"),
            new("GetTopic", "GET", Topic),
            new("GetTopic", "GET", "/topics/nowhere"),
            new("ListTopics", "GET", "/topics?prefix=pri"),
            new("ListTopics", "GET", "/topics?maxResults=0"),
            new("PutSubscription", "PUT", Subscription, "[example]"),
            new("PutSubscription", "PUT", Subscription, """{"queue":"nowhere"}"""),
            new("PutSubscription", "PUT", Topic + "/subscriptions/other", """{"queue":"nowhere"}"""),
            new("PutSubscription", "PUT", Topic + "/subscriptions/other", """{"filters":[{"colour":1}],"from":"then"}"""),
            new("ChangeSubscriptions", "PATCH", Topic + "/subscriptions", "[example]"),
            new("ChangeSubscriptions", "PATCH", Topic + "/subscriptions", """{"nowhere":{"filters":[]}}"""),
            new("GetSubscription", "GET", Subscription),
            new("GetSubscription", "GET", Topic + "/subscriptions/nowhere"),
            new("ListSubscriptions", "GET", Topic + "/subscriptions"),
            new("Match", "POST", Topic + "/match", "[example]"),
            new("Match", "POST", Topic + "/match", """{"routingKey":"eu.created"}"""),
            new("Publish", "POST", Topic + "/messages?partition=0&routingKey=us.created", "hello"),
            new("Publish", "POST", Topic + "/messages?partition=0&mandatory=true", "nobody's"),
            new("Publish", "POST", Topic + "/messages?partition=0&expectedOffset=7", "elsewhere"),
            new("Publish", "POST", Topic + "/messages?partition=9&priority=10", "bad"),
            new("Publish", "POST", Topic + "/messages?partition=0&deduplicationId=once", "first"),
            new("Publish", "POST", Topic + "/messages?partition=0", "again") { Headers = [("Idempotency-Key", "once")] },
            new("PublishBatch", "POST", Topic + "/messages/batch", "[example]"),
            new("PublishBatch", "POST", Topic + "/messages/batch", """{"messages":[]}"""),
            new("Publish", "POST", Topic + "/messages?partition=0", "binary") { Headers = AskedTable.BinaryEvent },
            new("Publish", "POST", Topic + "/messages?partition=0", AskedTable.Event) { ContentType = "application/cloudevents+json" },
            new("PublishBatch", "POST", Topic + "/messages/batch?partition=0&atomic=true", $"[{AskedTable.Event}]")
            {
                ContentType = AskedTable.EventBatch,
            },
            new("PublishBatch", "POST", Topic + "/messages/batch?expectedOffset=1", "[]") { ContentType = AskedTable.EventBatch },
            new("ReadPartition", "GET", Records + "?from=3&maxRecords=3") { Headers = AskedTable.AsEvents },
            new("ReadPartition", "GET", Records + "?maxRecords=2"),
            new("ReadPartition", "GET", Records + "?from=latest"),
            new("ReadPartition", "GET", Records + "?from=tomorrow"),
            new("GetRecord", "GET", Records + "/0"),
            new("GetRecord", "GET", Records + "/999"),
            new("GetRecordBody", "GET", Records + "/0/body"),
            new("ReadTopic", "GET", Topic + "/records?position=forged"),
            new("GetNewestRecord", "GET", Topic + "/keys/customer-7"),
            new("Publish", "POST", Topic + "/messages?partition=0", "counted") { Headers = Counted(7) },
            new("Publish", "POST", Topic + "/messages?partition=0", "again") { Headers = Counted(7) },
            new("Publish", "POST", Topic + "/messages?partition=0", "later") { Headers = Counted(9) },
            new("Publish", "POST", Topic + "/messages?partition=0", "half") { Headers = [("Producer-Id", "p")] },
            new("SeekSubscription", "POST", Subscription + "/seek", "[example]"),
            new("SeekSubscription", "POST", Subscription + "/seek", """{"to":"then"}"""),
            .. Groups(),
            new("GetQueue", "GET", queue + "?colour=red"),
            new("DeleteSubscription", "DELETE", Subscription),
            new("DeleteSubscription", "DELETE", Subscription),
            new("DeleteTopic", "DELETE", Topic + "?drain=perhaps"),
            new("DeleteTopic", "DELETE", Topic),
            new("DeleteTopic", "DELETE", Topic),
        ];

    private static (string Name, string Value)[] Counted(int sequence) =>
        [("Producer-Id", "p"), ("Producer-Epoch", "0"), ("Producer-Sequence", $"{sequence}")];

    private static IEnumerable<Asked> Groups() =>
        [
            new("ReadGroup", "POST", Group + "/read", """{"member":"ann","from":"earliest","maxRecords":2}""")
            {
                Keep = [("token", "tokens[0].token")],
            },
            new("ReadGroup", "POST", Group + "/read", """{"member":"ann","commit":["[token]","forged"],"after":["[token]"]}"""),
            new("ReadGroup", "POST", Topic + "/groups/others/read", "[example]"),
            new("ReadGroup", "POST", Group + "/read", """{"maxRecords":0,"leaseSeconds":1,"from":"then","colour":"red"}"""),
            new("ReadGroup", "POST", Topic + "/groups/no%20group/read", "{}"),
            new("CommitGroup", "POST", Group + "/commit", """{"tokens":["[token]"]}"""),
            new("CommitGroup", "POST", Group + "/commit", "[example]"),
            new("CommitGroup", "POST", Group + "/commit", "{}"),
            new("ListTopicGroups", "GET", Topic + "/groups?colour=red"),
            new("GetTopicGroup", "GET", Topic + "/groups/nowhere"),
            new("SeekGroup", "POST", Group + "/seek", """{"to":"earliest"}"""),
            new("SeekGroup", "POST", Group + "/seek", "[example]"),
            new("SeekGroup", "POST", Group + "/seek", """{"to":{"offsets":{"9":9}}}"""),
            new("LeaveGroup", "POST", Group + "/leave", """{"member":"ann"}"""),
            new("LeaveGroup", "POST", Group + "/leave", "[example]"),
            new("LeaveGroup", "POST", Group + "/leave", "[]"),
            new("DeleteTopicGroup", "DELETE", Group),
            new("DeleteTopicGroup", "DELETE", Group),
        ];
}
