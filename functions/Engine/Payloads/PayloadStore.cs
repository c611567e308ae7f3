using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FuncQueue.Engine.Storage;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine.Payloads;

/// <summary>The blobs that hold long bodies: <c>{table}/{shard}/{payload}</c> in one container.</summary>
internal sealed class PayloadStore(StorageClients storage, EngineOptions options, ILogger log)
{
    /// <summary>Held in memory at a time while a body streams to its blob.</summary>
    private const int BlockBytes = 4 * 1024 * 1024;

    private const int ParallelDeletes = 16;

    private readonly BlobContainerClient container = storage.Blobs.GetBlobContainerClient(options.PayloadContainer);
    private volatile bool exists;

    /// <summary>
    /// Uploads a body; its length. <see cref="BodyTooLargeException"/> past the limit; the stream's own faults pass through.
    /// </summary>
    public async Task<long> UploadAsync(string table, int shard, Guid payload, Stream body, CancellationToken cancellationToken)
    {
        var counted = new CountingStream(body, Limits.MaxBodyBytes);
        try
        {
            if (!exists)
            {
                await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                exists = true;
            }

            var transfer = new StorageTransferOptions
            {
                InitialTransferSize = BlockBytes,
                MaximumTransferSize = BlockBytes,
                MaximumConcurrency = 1,
            };
            await Blob(table, shard, payload).UploadAsync(counted, new BlobUploadOptions { TransferOptions = transfer }, cancellationToken);
            return counted.Length;
        }
        catch (Exception exception) when (!counted.Failed && StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            exists = false;
            throw new StorageFaultException(fault, exception);
        }
        catch (AggregateException exception) when (cancellationToken.IsCancellationRequested)
        {
            // How the SDK tells of a cancellation that came between its attempts.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    /// <summary>
    /// Copies a payload from another table, by storage itself where both lie in one account; false when it is gone.
    /// </summary>
    public async Task<bool> CopyAsync(PayloadStore from, PayloadPlace source, PayloadPlace copy, CancellationToken cancellationToken)
    {
        if (from != this)
        {
            await using var body = await from.OpenAsync(source.Table, source.Shard, source.Payload, cancellationToken);
            if (body is not null)
                await UploadAsync(copy.Table, copy.Shard, copy.Payload, body, cancellationToken);
            return body is not null;
        }

        try
        {
            var copying = await Blob(copy.Table, copy.Shard, copy.Payload)
                .StartCopyFromUriAsync(
                    Blob(source.Table, source.Shard, source.Payload).Uri,
                    new BlobCopyFromUriOptions(),
                    cancellationToken
                );
            await copying.WaitForCompletionAsync(cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return false;
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }

    /// <summary>
    /// Opens a payload for reading, with its beginning read; null when it is gone. Later faults of storage are faults of the stream.
    /// </summary>
    public async Task<Stream?> OpenAsync(string table, int shard, Guid payload, CancellationToken cancellationToken)
    {
        Stream? stream = null;
        try
        {
            stream = await Blob(table, shard, payload)
                .OpenReadAsync(new BlobOpenReadOptions(false) { BufferSize = BlockBytes }, cancellationToken);
            var first = new byte[1];
            var read = await stream.ReadAsync(first, cancellationToken);
            return new PrefixedStream(first.AsMemory(0, read), new PayloadStream(stream), ownsRest: true);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            stream?.Dispose();
            return null;
        }
        catch (Exception exception)
        {
            stream?.Dispose();
            if (StorageFault.TryClassify(exception, cancellationToken, out var fault))
                throw new StorageFaultException(fault, exception);
            throw;
        }
    }

    /// <summary>Deletes a payload; it need not be there.</summary>
    public async Task DeleteAsync(string table, int shard, Guid payload, CancellationToken cancellationToken)
    {
        try
        {
            await Blob(table, shard, payload).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, null, cancellationToken);
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }

    /// <summary>Deletes a payload that nobody will look for; what fails is left to the sweep.</summary>
    public async Task TryDeleteAsync(string table, int shard, Guid payload)
    {
        try
        {
            await DeleteAsync(table, shard, payload, CancellationToken.None);
        }
        catch (StorageFaultException exception)
        {
            EngineLog.PayloadLeft(log, exception, table);
        }
    }

    /// <summary>Deletes every payload of a queue that is gone; how many.</summary>
    public async Task<int> DeleteAllAsync(string table, CancellationToken cancellationToken)
    {
        try
        {
            var count = 0;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelDeletes, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(
                container.GetBlobsAsync(BlobTraits.None, BlobStates.None, table + "/", cancellationToken),
                parallel,
                async (blob, token) =>
                {
                    await container.DeleteBlobIfExistsAsync(blob.Name, DeleteSnapshotsOption.IncludeSnapshots, null, token);
                    Interlocked.Increment(ref count);
                }
            );
            return count;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return 0;
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }

    private BlobClient Blob(string table, int shard, Guid payload) =>
        container.GetBlobClient($"{table}/{RowKeys.Partition(shard)}/{payload:N}");
}
