using Azure.Data.Tables;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Keys;

/// <summary>
/// Keys as they are in storage: reading, listing and changing them, each change under the ETag of what it was decided on.
/// </summary>
internal sealed class KeyTable(RegistryTable table)
{
    private const int MaxAttempts = 10;

    /// <summary>Before a removal is sent once more whose answer was lost.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task<KeyRecord?> ReadAsync(KeyName name, CancellationToken cancellationToken)
    {
        if (await table.ReadAsync(KeyRecord.RowKey(name), cancellationToken) is not { } entity)
            return null;
        try
        {
            return KeyRecord.FromEntity(entity);
        }
        catch (UnsupportedFormatException exception)
        {
            // What cannot be read must not be taken for a name that is free.
            throw new StorageFaultException(new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter), exception);
        }
    }

    /// <summary>All keys by name, but for rows that this version cannot read.</summary>
    public Task<List<KeyRecord>> ListAsync(CancellationToken cancellationToken) =>
        table.QueryAsync(
            KeyRecord.All,
            int.MaxValue,
            entity =>
            {
                try
                {
                    return KeyRecord.FromEntity(entity);
                }
                catch (UnsupportedFormatException)
                {
                    return null;
                }
            },
            cancellationToken
        );

    /// <summary>Makes of a key what <paramref name="decide"/> says; decides again where another process was first.</summary>
    /// <param name="decide">What the key is to be, by what is there; null: there is none.</param>
    /// <returns>The key as it is now, and the root secret that it is derived from.</returns>
    public async Task<Outcome<(KeyRecord Key, byte[] Root, bool Created)>> ChangeAsync(
        KeyName name,
        Func<KeyRecord?, Outcome<KeyRecord>> decide,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var root = await table.ReadAsync(RootRow.Key, cancellationToken) is { } row ? RootRow.Read(row).Secret : null;
            var there = await ReadAsync(name, cancellationToken);
            if (!decide(there).TryGetValue(out var wanted, out var refused))
                return refused;
            var secret = root ?? RootRow.NewSecret();
            var commit = await table.CommitAsync(
                there is null
                    ? new TableTransactionAction(TableTransactionActionType.Add, wanted.ToEntity())
                    : new TableTransactionAction(TableTransactionActionType.UpdateReplace, wanted.ToEntity(), there.ETag),
                root is null ? RootRow.Insert(secret) : RootRow.Change()
            );
            if (commit is Commit.Done)
                return (wanted, secret, there is null);
            var fault = ((Commit.Failed)commit).Fault;
            if (fault.MayHaveHappened)
            {
                // A revision is written by one call alone.
                if (await ReadWrittenAsync(name, wanted) is not { } written)
                    return new Failure.OutcomeUnknown(fault.RetryAfter);
                if (written)
                    return (wanted, secret, there is null);
                return fault.ToFailure();
            }

            if (fault.Kind != FaultKind.Conflict)
                return fault.ToFailure();
        }

        return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>Removes a key; false when there was none.</summary>
    public async Task<Outcome<bool>> DeleteAsync(KeyName name, CancellationToken cancellationToken)
    {
        KeyRecord? mine = null;
        // Whether a write of ours may have removed it, or may yet.
        var begun = false;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            KeyRecord? there;
            try
            {
                there = await ReadAsync(name, cancellationToken);
            }
            catch (StorageFaultException exception) when (begun)
            {
                return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
            }

            // One of the same name that was made since is another.
            if (there is null || (mine is not null && there.Info.CreatedAt != mine.Info.CreatedAt))
                return begun;
            mine ??= there;
            var commit = await table.CommitAsync(
                new TableTransactionAction(
                    TableTransactionActionType.Delete,
                    new TableEntity(KeyRecord.Partition, KeyRecord.RowKey(name)),
                    there.ETag
                ),
                RootRow.Change()
            );
            if (commit is Commit.Done)
                return true;
            var fault = ((Commit.Failed)commit).Fault;
            begun |= fault.MayHaveHappened;
            if (fault.Kind is not (FaultKind.Conflict or FaultKind.Uncertain or FaultKind.Throttled))
                return begun ? new Failure.OutcomeUnknown(fault.RetryAfter) : fault.ToFailure();
            if (fault.MayHaveHappened)
                await Task.Delay(fault.Asked ?? Pause, TimeProvider.System, CancellationToken.None);
        }

        return begun
            ? new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter)
            : new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }

    /// <summary>Whether what was written is there; null: that is not to be found out.</summary>
    private async Task<bool?> ReadWrittenAsync(KeyName name, KeyRecord wanted)
    {
        try
        {
            return (await ReadAsync(name, CancellationToken.None))?.Info.ETag == wanted.Info.ETag;
        }
        catch (StorageFaultException)
        {
            return null;
        }
    }
}
