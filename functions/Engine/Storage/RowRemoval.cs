using Azure;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// Changes many rows of a shard, each as it was read: as many as one transaction takes in a request. Rows that changed meanwhile are left
/// out.
/// </summary>
internal static class RowRemoval
{
    /// <summary>So many rows of a transaction that have changed are told apart; others are at the same work then.</summary>
    private const int MaxConflicts = 5;

    /// <summary>Deletes rows; how many it deleted.</summary>
    public static async Task<int> DeleteAsync(ShardTable table, IEnumerable<(string Key, ETag ETag)> rows) =>
        (await WriteAsync(table, [.. rows.Select(r => table.Delete(r.Key, r.ETag))])).Count;

    /// <summary>Carries out changes, each with its own condition; those that were carried out.</summary>
    public static async Task<IReadOnlyList<TableTransactionAction>> WriteAsync(
        ShardTable table,
        IReadOnlyList<TableTransactionAction> changes
    )
    {
        var done = new List<TableTransactionAction>(changes.Count);
        foreach (var chunk in changes.Chunk(ShardTable.MaxOperations))
        {
            var remaining = chunk.ToList();
            for (var conflicts = 0; remaining.Count > 0 && conflicts <= MaxConflicts; )
            {
                var commit = await table.CommitAsync(remaining);
                if (commit is Commit.Failed({ Kind: FaultKind.Conflict } fault))
                {
                    remaining.RemoveAt(Math.Min(fault.FailedOperation, remaining.Count - 1));
                    conflicts++;
                    continue;
                }

                if (commit is Commit.Done)
                    done.AddRange(remaining);
                break;
            }
        }

        return done;
    }
}
