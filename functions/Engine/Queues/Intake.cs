using Azure;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>A message ready to be written, and the shard to write it to.</summary>
internal sealed record Prepared(ShardRuntime Shard, PendingEnqueue Message);

/// <summary>
/// Turns new messages into what a shard writes. A long body is uploaded first, under a row that accounts for its blob until the
/// message's own row does.
/// </summary>
internal sealed class Intake(EngineContext context)
{
    public async Task<Outcome<Prepared>> PrepareAsync(
        QueueRuntime queue,
        NewMessage message,
        IncomingBody body,
        CancellationToken cancellationToken
    ) =>
        await body.ReadShortAsync(cancellationToken) is { } bytes
            ? Inline(queue, message, bytes)
            : await UploadAsync(queue, message, body, cancellationToken);

    /// <summary>Messages that share a deduplication key, none of them long; the key decides the shard of all.</summary>
    public static async Task<(ShardRuntime Shard, EnqueuedTogether Together)> PrepareTogetherAsync(
        QueueRuntime queue,
        IReadOnlyList<NewMessage> messages,
        IncomingBody[] bodies,
        string id,
        CancellationToken cancellationToken
    )
    {
        var key = DeduplicationKey.OfBatch(id, messages.Count);
        var pending = new PendingEnqueue[messages.Count];
        for (var i = 0; i < pending.Length; i++)
        {
            var body = (await bodies[i].ReadShortAsync(cancellationToken))!.Value;
            pending[i] = Compose(queue, messages[i], body, body.Length, key, null, i);
        }

        var together = new EnqueuedTogether { Messages = pending };
        foreach (var message in pending)
            message.Together = together;
        return (queue.Shards[key.HomeShard(queue.Record.HomeShards)], together);
    }

    private static Prepared Inline(QueueRuntime queue, NewMessage message, ReadOnlyMemory<byte> body)
    {
        var key =
            message.DeduplicationId is { } id ? DeduplicationKey.OfId(id)
            : queue.Settings.ContentBasedDeduplication ? DeduplicationKey.OfContent(body.Span, message.Attributes)
            : (DeduplicationKey?)null;
        return new Prepared(ShardFor(queue, message, key), Compose(queue, message, body, body.Length, key, null));
    }

    /// <summary>A group's home on FIFO queues; else a key's, else where this process writes.</summary>
    private static ShardRuntime ShardFor(QueueRuntime queue, NewMessage message, DeduplicationKey? key)
    {
        if (queue.IsFifo)
            return queue.ShardOfGroup(GroupHash.Of(message.GroupId));
        return key is { } there ? queue.Shards[there.HomeShard(queue.Record.HomeShards)] : queue.EnqueueShard();
    }

    private async Task<Outcome<Prepared>> UploadAsync(
        QueueRuntime queue,
        NewMessage message,
        IncomingBody incoming,
        CancellationToken cancellationToken
    )
    {
        var byContent = message.DeduplicationId is null && queue.Settings.ContentBasedDeduplication;
        DeduplicationKey? key = message.DeduplicationId is { } id ? DeduplicationKey.OfId(id) : null;
        // What a content of this length is at home in must be known before its hash is: on standard queues all such share the first shard.
        var shard = byContent && !queue.IsFifo ? queue.Shards[0] : ShardFor(queue, message, key);
        using var hash = byContent ? DeduplicationKey.StartContent(message.Attributes) : null;
        if (await shard.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        var uploads = new PayloadUploads(context, queue.Payloads);
        if (
            !(await uploads.UploadAsync(shard.Table, queue.Table, incoming.OpenLong, hash, cancellationToken)).TryGetValue(
                out var upload,
                out var failure
            )
        )
            return failure;
        if (hash is not null)
            key = DeduplicationKey.Of(hash.GetHashAndReset());
        return new Prepared(shard, Compose(queue, message, default, upload.Length, key, (upload.Payload, upload.ETag)));
    }

    private static PendingEnqueue Compose(
        QueueRuntime queue,
        NewMessage message,
        ReadOnlyMemory<byte> body,
        long length,
        DeduplicationKey? key,
        (Guid, ETag)? upload,
        int place = 0
    )
    {
        var settings = queue.Settings;
        return new PendingEnqueue
        {
            Encoded = MessageCodec.Encode(
                new MessageContent
                {
                    Body = body,
                    ContentType = message.ContentType ?? "application/octet-stream",
                    Attributes = message.Attributes,
                    GroupId = message.GroupId,
                    DeduplicationId = message.DeduplicationId,
                    TraceParent = message.TraceParent,
                    TraceState = message.TraceState,
                }
            ),
            Lane = Limits.MaxPriority - (message.Priority ?? 0),
            Delay = message.Delay ?? (message.EnqueueAt is null ? settings.Delay : TimeSpan.Zero),
            EnqueueAt = message.EnqueueAt?.ToUniversalTime(),
            TimeToLive = message.TimeToLive ?? settings.MessageTimeToLive,
            GroupHash = GroupHash.Of(message.GroupId),
            BodyLength = length,
            Upload = upload,
            // Groups of a FIFO queue with several shards may lie apart: there a key holds within its group only.
            Place = place,
            Key = queue.IsFifo && queue.Record.HomeShards > 1 ? key?.Within(message.GroupId!) : key,
            KeyWindow = settings.DeduplicationWindow,
        };
    }
}
