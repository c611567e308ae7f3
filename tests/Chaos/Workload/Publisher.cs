using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>
/// Publishes records of all kinds, one call after the other, to any process. A record is published again only with a deduplication id.
/// Order keys belong to one publisher each, so that the order of their publishes is known.
/// </summary>
internal sealed class Publisher(int number, AppCluster cluster, QueueClient client, Recorder recorder, Random random)
{
    private const int KeysOfEach = 3;
    private const int MaxAttempts = 8;

    private readonly Dictionary<(string Topic, int Partition), long> next = [];
    private long created;
    private long position;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (cluster.Choose(random) is { } slot)
                await PublishSomethingAsync(slot, TopicSpec.Published[random.Next(TopicSpec.Published.Count)]);
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(10, 120)), stopping);
        }
    }

    private Task PublishSomethingAsync(AppSlot slot, TopicSpec topic) =>
        random.Next(100) switch
        {
            < 15 => PublishBatchAsync(slot, topic, isAtomic: false),
            < 25 => PublishBatchAsync(slot, topic, isAtomic: true),
            < 45 => PublishUntilKnownAsync(topic),
            < 52 => PublishOneAsync(slot, topic, Create(random.Next(33_000, 100_000))),
            < 62 => PublishAtAsync(slot, topic),
            _ => PublishOneAsync(slot, topic, Create(random.Next(10, 2000))),
        };

    private Draft Create(int length)
    {
        created++;
        var message = Message.Create($"t{number}-{created}", length, isText: random.Next(4) > 0, random);
        return new Draft(message, TopicSpec.Colours[random.Next(TopicSpec.Colours.Count)], AnyOrderKey());
    }

    private string? AnyOrderKey() =>
        random.Next(4) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"k{number}-{random.Next(KeysOfEach)}");

    private async Task PublishOneAsync(AppSlot slot, TopicSpec topic, Draft draft)
    {
        var call = await PostAsync(slot, topic, draft, "");
        Record(topic, draft, call, call.Json);
    }

    /// <summary>Wants a certain offset, which others may have got by then.</summary>
    private async Task PublishAtAsync(AppSlot slot, TopicSpec topic)
    {
        var partition = random.Next(topic.Partitions);
        var draft = Create(random.Next(10, 500)) with { OrderKey = null };
        var call = await PostAsync(
            slot,
            topic,
            draft,
            $"partition={partition}&expectedOffset={next.GetValueOrDefault((topic.Name, partition))}"
        );
        Record(topic, draft, call, call.Json);
        if (call.Json?["nextOffset"] is { } told)
            next[(topic.Name, partition)] = told.GetValue<long>();
    }

    /// <summary>Repeats the publish with one deduplication id until its outcome is known.</summary>
    private async Task PublishUntilKnownAsync(TopicSpec topic)
    {
        var draft = Create(random.Next(20) == 0 ? 40_000 : random.Next(10, 500));
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (cluster.Choose(random) is { } slot)
            {
                var call = await PostAsync(slot, topic, draft, $"deduplicationId=d-{draft.Message.Key}");
                Record(topic, draft, call, call.Json);
                // Now and then once more, although it is known: that must change nothing.
                if (call.Ending == Ending.Ok && random.Next(4) > 0)
                    return;
            }

            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(10, 300)), CancellationToken.None);
        }
    }

    private async Task<Call> PostAsync(AppSlot slot, TopicSpec topic, Draft draft, string query)
    {
        var url = $"{topic.Url}/messages?ttlSeconds=86400&{query}{(draft.OrderKey is { } key ? $"&key={key}" : "")}".Replace(
            "&&",
            "&",
            StringComparison.Ordinal
        );
        var content = new ByteArrayContent(draft.Message.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-chaos");
        content.Headers.TryAddWithoutValidation("x-attribute-" + Message.KeyAttribute, draft.Message.Key);
        content.Headers.TryAddWithoutValidation("x-attribute-colour", draft.Colour);
        return await client.SendAsync(slot, HttpMethod.Post, url.TrimEnd('&'), content);
    }

    private async Task PublishBatchAsync(AppSlot slot, TopicSpec topic, bool isAtomic)
    {
        var common = string.Create(CultureInfo.InvariantCulture, $"k{number}-{random.Next(KeysOfEach)}");
        var drafts = Enumerable.Range(0, random.Next(2, 10)).Select(_ => Create(random.Next(10, 1000))).ToList();
        if (isAtomic)
            drafts = drafts.ConvertAll(d => d with { OrderKey = common });
        var list = new JsonArray();
        foreach (var draft in drafts)
        {
            var json = new JsonObject
            {
                ["bodyBase64"] = Convert.ToBase64String(draft.Message.Body),
                ["contentType"] = "application/x-chaos",
                ["attributes"] = new JsonObject { [Message.KeyAttribute] = draft.Message.Key, ["colour"] = draft.Colour },
            };
            if (!isAtomic && draft.OrderKey is { } key)
                json["key"] = key;
            list.Add((JsonNode)json);
        }

        var body = new JsonObject { ["messages"] = list };
        if (isAtomic)
            (body["atomic"], body["key"]) = (true, common);
        var call = await client.PostJsonAsync(slot, $"{topic.Url}/messages/batch", body);
        foreach (var (i, draft) in drafts.Index())
            Record(topic, draft, call, call.Json?["results"]?[i]);
    }

    /// <summary>Takes down what is known of one record, from the answer or, in a batch, from its part of the answer.</summary>
    private void Record(TopicSpec topic, Draft draft, Call call, JsonNode? answer)
    {
        var ending = call.Ending;
        if (ending == Ending.Ok && answer?["code"]?.GetValue<string>() is { } code)
            ending = code == "outcome-unknown" ? Ending.Unknown : Ending.Failed;
        var place =
            ending == Ending.Ok
                ? new RecordPlace(topic.Name, answer!["partition"]!.GetValue<int>(), answer["offset"]!.GetValue<long>())
                : null;
        if (place is not null)
            next[(topic.Name, place.Partition)] = place.Offset + 1;
        recorder.Add(
            new Published
            {
                Topic = topic.Name,
                Key = draft.Message.Key,
                Digest = draft.Message.Digest,
                Colour = draft.Colour,
                OrderKey = draft.OrderKey,
                Position = ++position,
                Began = call.Began,
                Ended = call.Ended,
                Ending = ending,
                Place = place,
                Matched = place is null ? null : answer!["matched"]!.GetValue<int>(),
            }
        );
    }

    private sealed record Draft(Message Message, string Colour, string? OrderKey);
}
