using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>
/// Sends messages of all kinds, one call after the other, to any process. A message is sent again only with a deduplication id. FIFO
/// groups belong to one producer each, so that the order of their enqueues is known.
/// </summary>
internal sealed class Producer(
    int number,
    AppCluster cluster,
    QueueClient client,
    Recorder recorder,
    IReadOnlyList<QueueSpec> queues,
    Random random
)
{
    private const int GroupsOfEach = 4;
    private const int MaxAttempts = 8;

    private readonly SqsSending sqs = new(recorder);

    private long created;
    private long position;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (cluster.Choose(random) is { } slot)
                await SendSomethingAsync(slot, queues[random.Next(queues.Count)]);
            // Callers have something else to do, too; and what is sent must be drained in the end.
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(5, 60)), stopping);
        }
    }

    private Task SendSomethingAsync(AppSlot slot, QueueSpec queue) =>
        random.Next(100) switch
        {
            < 30 => SendBatchAsync(slot, queue, random.Next(2, 20)),
            < 50 => SendUntilKnownAsync(queue),
            // A payload of a message received with mode=delete stays for an hour by design: no run waits for that.
            < 58 when !queue.AtMostOnce => SendOneAsync(slot, queue, Create(random.Next(33_000, 150_000))),
            // Where there is no queue, the protocol has answers of its own.
            < 68 when !queue.IsMortal => SendOverSqsAsync(slot, queue),
            _ => SendOneAsync(slot, queue, Create(random.Next(10, 2000))),
        };

    private Message Create(int length, bool onlyText = false)
    {
        created++;
        var flaw = random.Next(120) switch
        {
            < 2 => Message.Poison,
            < 10 => Message.Broken,
            _ => "",
        };
        return Message.Create($"p{number}-{created}{flaw}", length, isText: onlyText || random.Next(4) > 0, random);
    }

    private async Task SendOneAsync(AppSlot slot, QueueSpec queue, Message message)
    {
        var group = GroupFor(queue);
        var call = await PostAsync(slot, queue, message, deduplicationId: null, group);
        Record(queue, message, call, call.Json, group, null);
    }

    private async Task SendOverSqsAsync(AppSlot slot, QueueSpec queue)
    {
        var message = Create(random.Next(10, 2000), onlyText: true);
        var group = GroupFor(queue);
        var id = group is null ? null : $"d-{message.Key}";
        var call = await sqs.SendAsync(slot, queue, message, group, id);
        Record(queue, message, call, call.Json, group, id);
    }

    /// <summary>Repeats the enqueue with one deduplication id until its outcome is known.</summary>
    private async Task SendUntilKnownAsync(QueueSpec queue)
    {
        var message = Create(random.Next(20) == 0 && !queue.AtMostOnce ? 40_000 : random.Next(10, 500));
        var (id, group) = ($"d-{message.Key}", GroupFor(queue));
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (cluster.Choose(random) is { } slot)
            {
                var call = await PostAsync(slot, queue, message, id, group);
                Record(queue, message, call, call.Json, group, id);
                // Now and then once more, although it is known: that must change nothing.
                if (call.Ending == Ending.Ok && random.Next(4) > 0)
                    return;
            }

            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(10, 300)), CancellationToken.None);
        }
    }

    private async Task<Call> PostAsync(AppSlot slot, QueueSpec queue, Message message, string? deduplicationId, string? group)
    {
        var url = $"{queue.Url}/messages?ttlSeconds=86400";
        if (group is not null)
            url += $"&groupId={group}";
        else if (random.Next(8) == 0)
            url += $"&priority={random.Next(10)}";
        if (group is null && random.Next(12) == 0)
            url += $"&delaySeconds={random.Next(4)}";
        var content = new ByteArrayContent(message.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-chaos");
        content.Headers.TryAddWithoutValidation("x-attribute-" + Message.KeyAttribute, message.Key);
        if (deduplicationId is not null)
            content.Headers.TryAddWithoutValidation("Idempotency-Key", deduplicationId);
        return await client.SendAsync(slot, HttpMethod.Post, url, content);
    }

    private async Task SendBatchAsync(AppSlot slot, QueueSpec queue, int size)
    {
        var messages = Enumerable.Range(0, size).Select(_ => Create(random.Next(10, 1000))).ToList();
        var groups = messages.ConvertAll(_ => GroupFor(queue));
        var list = new JsonArray();
        foreach (var (message, group) in messages.Zip(groups))
        {
            var json = new JsonObject
            {
                ["bodyBase64"] = Convert.ToBase64String(message.Body),
                ["contentType"] = "application/x-chaos",
                ["attributes"] = new JsonObject { [Message.KeyAttribute] = message.Key },
            };
            if (group is not null)
                json["groupId"] = group;
            list.Add((JsonNode)json);
        }

        var call = await client.PostJsonAsync(slot, $"{queue.Url}/messages/batch", new JsonObject { ["messages"] = list });
        foreach (var (i, message) in messages.Index())
            Record(queue, message, call, call.Json?["results"]?[i], groups[i], null);
    }

    private string? GroupFor(QueueSpec queue) =>
        queue.IsFifo ? string.Create(CultureInfo.InvariantCulture, $"g{number}-{random.Next(GroupsOfEach)}") : null;

    /// <summary>Takes down what is known of one message, from the answer or, in a batch, from its part of the answer.</summary>
    private void Record(QueueSpec queue, Message message, Call call, JsonNode? answer, string? group, string? deduplicationId)
    {
        var ending = call.Ending;
        if (ending == Ending.Ok && answer?["code"]?.GetValue<string>() is { } code)
            ending = code == "outcome-unknown" ? Ending.Unknown : Ending.Failed;
        recorder.Add(
            new Sent
            {
                Queue = queue.Name,
                Key = message.Key,
                Digest = message.Digest,
                Began = call.Began,
                Ended = call.Ended,
                Ending = ending,
                MessageId = ending == Ending.Ok ? answer!["messageId"]!.GetValue<string>() : null,
                SequenceNumber = ending == Ending.Ok ? answer!["sequenceNumber"]?.GetValue<long>() : null,
                Group = group,
                Position = ++position,
                DeduplicationId = deduplicationId,
            }
        );
    }
}
