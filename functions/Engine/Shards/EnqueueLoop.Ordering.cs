using Azure.Data.Tables;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <content>
/// FIFO: each commit moves the shard's head on, If-Match, so commits of all processes are in one order, and a lost insert can no longer
/// arrive once another one has been carried out.
/// </content>
internal sealed partial class EnqueueLoop
{
    /// <summary>How often other processes may be first before the callers are told to come back.</summary>
    private const int MaxOvertaken = 200;

    private SequenceHead? head;

    /// <summary>Reads the head unless this process wrote it last; why it could not, or null.</summary>
    private async Task<Failure?> KnowHeadAsync()
    {
        try
        {
            head ??= await table.ReadHeadAsync(CancellationToken.None);
            return null;
        }
        catch (StorageFaultException exception)
        {
            return exception.Fault.ToReadFailure();
        }
    }

    private IEnumerable<TableTransactionAction> MoveHead(List<(BatchRow Row, List<PendingEnqueue> Messages)> rows) =>
        ordered && rows.Count > 0 ? [head!.Move(table.Shard, rows[^1].Row.SequenceEnd)] : [];

    /// <summary>Messages as rows, in their order.</summary>
    private List<(BatchRow Row, List<PendingEnqueue> Messages)> ComposeInOrder(List<PendingEnqueue> batch, DateTimeOffset now)
    {
        var rows = new List<(BatchRow, List<PendingEnqueue>)>();
        var next = head!.First(now);
        var (messages, bytes) = (new List<PendingEnqueue>(), 0);
        foreach (var message in batch)
        {
            if (messages.Count == context.Options.MaxMessagesPerRow || (messages.Count > 0 && bytes + message.Encoded.Length > MaxRowBytes))
                Close();
            messages.Add(message);
            bytes += message.Encoded.Length;
        }

        Close();
        return rows;

        void Close()
        {
            rows.Add((Row(sequence.At(next), messages, bytes, now), messages));
            next += messages.Count;
            (messages, bytes) = ([], 0);
        }
    }
}
