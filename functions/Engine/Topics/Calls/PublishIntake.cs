using System.Security.Cryptography;
using Azure;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>
/// Turns what is published into what a partition stores. A long body is uploaded first, under a row that accounts for its blob until the
/// record's own row does.
/// </summary>
internal sealed class PublishIntake(EngineContext context)
{
    /// <summary>A record, its partition, and what makes a repeat of it one.</summary>
    public async Task<Outcome<TakenIn>> TakeAsync(
        TopicRuntime topic,
        PublishRequest request,
        IncomingBody body,
        CancellationToken cancellationToken
    )
    {
        var byContent = request is { DeduplicationId: null, Producer: null } && topic.Settings.ContentBasedDeduplication;
        var key = request.DeduplicationId is { } id ? DeduplicationKey.OfId(id) : (DeduplicationKey?)null;
        if (await body.ReadShortAsync(cancellationToken) is { } bytes)
        {
            if (byContent)
                key = WithRouting(DeduplicationKey.OfContent(bytes.Span, request.Attributes), request);
            var partition = PartitionOf(topic, request.Partition, request.Key, key) ?? topic.Sticky.Next(bytes.Length);
            return new TakenIn(partition, key, Compose(request, bytes, bytes, bytes.Length, null));
        }

        using var hash = byContent ? DeduplicationKey.StartContent(request.Attributes) : null;
        // What a content of this length is at home in must be known before its hash is: all such share the first partition.
        var home = PartitionOf(topic, request.Partition, request.Key, key) ?? (byContent ? 0 : topic.Sticky.Next(0));
        if (!(await UploadAsync(topic, home, body, hash, cancellationToken)).TryGetValue(out var uploaded, out var failure))
            return failure;
        if (hash is not null)
            key = WithRouting(DeduplicationKey.Of(hash.GetHashAndReset()), request);
        var (seen, upload) = uploaded;
        return new TakenIn(home, key, Compose(request, seen, default, upload.Length, (upload.Payload, upload.ETag)));
    }

    /// <summary>A record of an atomic batch, whose partition is decided.</summary>
    public async Task<Outcome<PendingRecord>> TakeAsync(
        TopicRuntime topic,
        int partition,
        PublishRequest request,
        IncomingBody body,
        CancellationToken cancellationToken
    )
    {
        if (await body.ReadShortAsync(cancellationToken) is { } bytes)
            return Compose(request, bytes, bytes, bytes.Length, null);
        if (!(await UploadAsync(topic, partition, body, null, cancellationToken)).TryGetValue(out var uploaded, out var failure))
            return failure;
        var (seen, upload) = uploaded;
        return Compose(request, seen, default, upload.Length, (upload.Payload, upload.ETag));
    }

    /// <summary>The partition that was asked for, or a key's home, or that of a deduplication key; null: any.</summary>
    public static int? PartitionOf(TopicRuntime topic, int? asked, string? key, DeduplicationKey? repeats)
    {
        var partitions = topic.Settings.Partitions;
        return asked
            ?? (key is null ? (int?)null : (int)(GroupHash.Of(key) % (uint)partitions))
            ?? (repeats is { } home ? home.HomeShard(partitions) : (int?)null);
    }

    /// <summary>The same content under another key or routing key is another event.</summary>
    private static DeduplicationKey WithRouting(DeduplicationKey content, PublishRequest request) =>
        request is { Key: null, RoutingKey: null } ? content : content.Within($"{request.Key}\n{request.RoutingKey}");

    private async Task<Outcome<(ReadOnlyMemory<byte>? Seen, PayloadUpload Upload)>> UploadAsync(
        TopicRuntime topic,
        int partition,
        IncomingBody body,
        IncrementalHash? hash,
        CancellationToken cancellationToken
    )
    {
        if (await topic.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        // Filters look into it, though it is a payload.
        var seen = await body.ReadUpToAsync(Limits.MaxFilteredBodyBytes, cancellationToken);
        var uploads = new PayloadUploads(context, topic.Payloads);
        var table = topic.Partitions[partition].Table;
        return (await uploads.UploadAsync(table, topic.Table, body.OpenLong, hash, cancellationToken)).TryGetValue(
            out var upload,
            out var failure
        )
            ? (seen, upload)
            : failure;
    }

    private static PendingRecord Compose(
        PublishRequest request,
        ReadOnlyMemory<byte>? seen,
        ReadOnlyMemory<byte> inline,
        long length,
        (Guid, ETag)? upload
    ) =>
        new()
        {
            Encoded = RecordCodec.Encode(
                new RecordContent
                {
                    Body = inline,
                    ContentType = request.ContentType ?? RecordContent.DefaultContentType,
                    Attributes = request.Attributes,
                    Key = request.Key,
                    RoutingKey = request.RoutingKey,
                    DeduplicationId = request.DeduplicationId,
                    TraceParent = request.TraceParent,
                    TraceState = request.TraceState,
                    Delay = request.Delay,
                    TimeToLive = request.TimeToLive,
                    Priority = request.Priority,
                }
            ),
            BodyLength = length,
            Routable = new Routable(request.RoutingKey ?? "", request.Attributes, seen),
            IsMandatory = request.Mandatory,
            Upload = upload,
        };
}

/// <summary>A record that was taken in.</summary>
internal sealed record TakenIn(int Partition, DeduplicationKey? Key, PendingRecord Record);
