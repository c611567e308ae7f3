using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Turns new messages into what a shard writes. A long body is uploaded first, under a row that accounts for its blob until the
/// message's own row does.
/// </summary>
internal sealed class Intake(EngineContext context, PayloadStore payloads)
{
    public async Task<Outcome<PendingEnqueue>> PrepareAsync(QueueRuntime queue, ShardRuntime shard, NewMessage message, CancellationToken cancellationToken)
    {
        if (message.Body.Stream is not { } stream)
        {
            return message.Body.Bytes.Length > Limits.MaxInlineBodyBytes
                ? await UploadAsync(queue, shard, message, new MemoryStream(message.Body.Bytes.ToArray(), writable: false), cancellationToken)
                : Compose(queue, message, message.Body.Bytes, message.Body.Bytes.Length, null);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Limits.MaxInlineBodyBytes + 1);
        try
        {
            var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, Limits.MaxInlineBodyBytes + 1), Limits.MaxInlineBodyBytes + 1, throwOnEndOfStream: false, cancellationToken);
            return read <= Limits.MaxInlineBodyBytes
                ? Compose(queue, message, buffer.AsMemory(0, read), read, null)
                : await UploadAsync(queue, shard, message, new PrefixedStream(buffer.AsMemory(0, read), stream), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<Outcome<PendingEnqueue>> UploadAsync(QueueRuntime queue, ShardRuntime shard, NewMessage message, Stream body, CancellationToken cancellationToken)
    {
        if (await shard.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        var payload = Guid.NewGuid();
        var announced = await shard.Table.CommitAsync(
            [new TableTransactionAction(TableTransactionActionType.Add, PayloadRows.Uploading(shard.Table.Shard, payload, context.Now + context.Options.UploadTimeout))]);
        if (announced is Commit.Failed(var fault))
            return fault.ToReadFailure();
        var etag = ((Commit.Done)announced).ETags[0];
        try
        {
            var length = await payloads.UploadAsync(queue.Table, shard.Table.Shard, payload, body, cancellationToken);
            return Compose(queue, message, default, length, (payload, etag));
        }
        catch (Exception exception)
        {
            // The row stays: should this process stop here, or the delete fail, the sweep collects the blob.
            await payloads.TryDeleteAsync(queue.Table, shard.Table.Shard, payload);
            switch (exception)
            {
                case BodyTooLargeException:
                    await shard.Table.CommitAsync([shard.Table.Delete(RowKeys.Upload(payload), etag)]);
                    return new Failure.MessageTooLarge();
                case StorageFaultException storage:
                    return storage.Fault.ToReadFailure();
                default:
                    throw;
            }
        }
    }

    private static PendingEnqueue Compose(QueueRuntime queue, NewMessage message, ReadOnlyMemory<byte> body, long length, (Guid, ETag)? upload)
    {
        var settings = queue.Settings;
        return new PendingEnqueue
        {
            Encoded = MessageCodec.Encode(new MessageContent
            {
                Body = body,
                ContentType = message.ContentType ?? "application/octet-stream",
                Attributes = message.Attributes,
                GroupId = message.GroupId,
                TraceParent = message.TraceParent,
            }),
            Lane = Limits.MaxPriority - (message.Priority ?? 0),
            Delay = message.Delay ?? (message.EnqueueAt is null ? settings.Delay : TimeSpan.Zero),
            EnqueueAt = message.EnqueueAt?.ToUniversalTime(),
            TimeToLive = message.TimeToLive ?? settings.MessageTimeToLive,
            GroupHash = message.GroupId is { } group ? BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(group))) : 0,
            BodyLength = length,
            Upload = upload,
        };
    }
}
