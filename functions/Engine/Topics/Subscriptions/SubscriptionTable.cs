using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>Reads the registry's rows about subscriptions.</summary>
internal sealed class SubscriptionTable(RegistryTable table)
{
    private const int MaxAttempts = 10;

    public RegistryTable Registry => table;

    /// <summary>
    /// All subscriptions of a topic's generation. <see cref="StorageFaultException"/> also when they change all the time, or a row is of a
    /// later version: what is not known must not be taken for absent.
    /// </summary>
    public async Task<SubscriptionSnapshot> ReadAsync(string topicTable, CancellationToken cancellationToken)
    {
        try
        {
            var before = await ReadVersionAsync();
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (before.ETag == default)
                    return new SubscriptionSnapshot(topicTable, 0, 0, default, []);
                var rows = await table.QueryAsync(
                    TopicKeys.SubscriptionsOf(topicTable),
                    int.MaxValue,
                    SubscriptionRow.Read,
                    cancellationToken
                );
                // Rows are read page by page: they belong together if nothing changed meanwhile.
                var after = await ReadVersionAsync();
                if (after.ETag == before.ETag)
                    return new SubscriptionSnapshot(topicTable, before.Version, before.NextNumber, before.ETag, rows);
                before = after;
            }
        }
        catch (UnsupportedFormatException exception)
        {
            throw new StorageFaultException(new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter), exception);
        }

        throw new StorageFaultException(
            new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter),
            new InvalidOperationException("The subscriptions change all the time.")
        );

        async Task<(long Version, int NextNumber, Azure.ETag ETag)> ReadVersionAsync() =>
            SubscriptionSnapshot.ReadVersion(await table.ReadAsync(TopicKeys.Version(topicTable), cancellationToken));
    }

    /// <summary>The topics that a target is subscribed to, with the names of the subscriptions.</summary>
    public async Task<List<TargetSource>> ReadSourcesAsync(string targetTable, CancellationToken cancellationToken) =>
        await table.QueryAsync(TopicKeys.SourcesOf(targetTable), int.MaxValue, TargetSource.Read, cancellationToken);
}
