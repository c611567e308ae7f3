using Azure;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>Makes the table of a new generation, of a queue or a topic.</summary>
internal static class NewTable
{
    /// <summary>How long a table that belongs to nobody is left alone by sweeps.</summary>
    public static readonly TimeSpan LeftoverTime = TimeSpan.FromHours(1);

    /// <summary>Makes a table under a leftover row, whose ETag is the answer: who adopts the table deletes that row.</summary>
    /// <param name="before">The table of the generation before, if it may be there still: it goes.</param>
    public static async Task<Outcome<ETag>> MakeAsync(
        EngineContext context,
        DataAccounts accounts,
        RegistryTable registry,
        QueuePlace place,
        QueuePlace? before
    )
    {
        // Noted first: if this process stops in between, a sweep removes the table that nobody refers to.
        var noting = await registry.CommitAsync(LeftoverRow.OfNew(place, context.Now + LeftoverTime));
        if (noting is not Commit.Done(var noted))
            return ((Commit.Failed)noting).Fault.ToReadFailure();
        try
        {
            if (before is { } deleted)
                await accounts.Find(deleted.Account).RemoveTableAsync(deleted.Table);
            await accounts.Find(place.Account).CreateTableAsync(place.Table);
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }

        return noted[0];
    }
}
