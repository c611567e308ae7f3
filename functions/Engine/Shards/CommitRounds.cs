using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Lets the loops that write to one shard share their transactions. One is under way at a time; when it has ended, and the callers it
/// answered have had the time to come back, all loops that have something to write plan it, and what they plan goes as one. What is one
/// loop's business stays so: of a conflict only the loop that it concerns is told, the other's part is sent on, alone. No loop ever runs on
/// another's stack.
/// </summary>
/// <param name="send">Carries out all operations or none. Called once at a time.</param>
/// <param name="comeback">Completes when the callers just answered have had the time to come back.</param>
internal sealed class CommitRounds(Func<IReadOnlyList<TableTransactionAction>, Task<Commit>> send, Func<Task> comeback)
{
    private readonly Lock gate = new();
    private readonly List<Round> open = [];
    private readonly List<Part> submitted = [];
    private bool sending;
    private bool callersReturn;

    /// <summary>Begins to take part; who has entered and has not left is asked whether it has something to write.</summary>
    public Round Enter()
    {
        var round = new Round(this);
        lock (gate)
            open.Add(round);
        return round;
    }

    internal Task TurnAsync(Round round)
    {
        lock (gate)
        {
            round.Stage = RoundStage.Waiting;
            round.Turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Release_NeedsLock();
            return round.Turn.Task;
        }
    }

    /// <summary>Others need not wait for this one; or it is back from where nobody waited for it.</summary>
    internal void Move(Round round, RoundStage stage)
    {
        lock (gate)
        {
            round.Stage = stage;
            Release_NeedsLock();
        }

        _ = SendAsync(own: null);
    }

    internal void Leave(Round round)
    {
        lock (gate)
        {
            open.Remove(round);
            Release_NeedsLock();
        }

        _ = SendAsync(own: null);
    }

    internal async Task<WriteResult> CommitAsync(Round round, Transaction transaction)
    {
        var part = new Part(round, transaction);
        lock (gate)
        {
            round.Stage = RoundStage.Submitted;
            submitted.Add(part);
            Release_NeedsLock();
        }

        // Who is last to submit sends for all, and goes on right here.
        await SendAsync(part);
        return await part.Ended.Task;
    }

    /// <summary>Lets those plan who wait for it, once nobody is busy with the last transaction.</summary>
    private void Release_NeedsLock()
    {
        if (sending || open.Exists(r => r.Stage == RoundStage.Finishing))
            return;
        var released = open.FindAll(r => r.Stage == RoundStage.Waiting);
        if (released.Count == 0)
            return;
        foreach (var round in released)
            round.Stage = RoundStage.Planning;
        if (callersReturn)
        {
            callersReturn = false;
            _ = ReleaseAfterAsync(comeback(), released);
            return;
        }

        foreach (var round in released)
            round.Turn!.SetResult();
    }

    private static async Task ReleaseAfterAsync(Task returned, List<Round> released)
    {
        await returned;
        foreach (var round in released)
            round.Turn!.SetResult();
    }

    /// <summary>Sends what has been submitted, unless somebody is about to submit more.</summary>
    /// <param name="own">Whoever sends is back as soon as its own part has ended.</param>
    private async Task SendAsync(Part? own)
    {
        while (own?.Ended.Task.IsCompleted != true)
        {
            List<Part> parts;
            lock (gate)
            {
                if (
                    sending
                    || submitted.Count == 0
                    || open.Exists(r => r.Stage is RoundStage.Waiting or RoundStage.Planning or RoundStage.Finishing)
                )
                    return;
                parts = TakeTransaction_NeedsLock();
                sending = true;
            }

            var ended = await SendAsync(parts);
            lock (gate)
            {
                sending = false;
                callersReturn = true;
                foreach (var (part, _) in ended)
                    part.Round.Stage = RoundStage.Finishing;
                // Those that were not to blame go again at once, and alone, lest they meet another conflict that is not theirs.
                var others = parts.FindAll(p => !ended.Exists(e => ReferenceEquals(e.Part, p)));
                others.ForEach(p => p.GoesAlone = true);
                submitted.InsertRange(0, others);
                Release_NeedsLock();
            }

            foreach (var (part, tell) in ended)
                tell(part.Ended);
        }
    }

    /// <summary>The first that were submitted, as many as fit.</summary>
    private List<Part> TakeTransaction_NeedsLock()
    {
        var parts = new List<Part>();
        int operations = 0,
            bytes = 0;
        foreach (var part in submitted)
        {
            operations += part.Transaction.Operations.Count;
            bytes += part.Transaction.Bytes;
            if (
                parts.Count > 0
                && (part.GoesAlone || parts[0].GoesAlone || operations > ShardTable.MaxOperations || bytes > ShardTable.MaxTransactionBytes)
            )
                break;
            parts.Add(part);
        }

        submitted.RemoveRange(0, parts.Count);
        return parts;
    }

    /// <summary>Sends parts as one transaction; those that have come to an end, and how to tell them.</summary>
    private async Task<List<(Part Part, Action<TaskCompletionSource<WriteResult>> Tell)>> SendAsync(List<Part> parts)
    {
        try
        {
            switch (await send(parts.Count == 1 ? parts[0].Transaction.Operations : [.. parts.SelectMany(p => p.Transaction.Operations)]))
            {
                case Commit.Done(var etags):
                    var at = 0;
                    return parts.ConvertAll(part =>
                    {
                        var count = part.Transaction.Operations.Count;
                        var own = parts.Count == 1 ? etags : [.. etags.Skip(at).Take(count)];
                        at += count;
                        return Told(part, new WriteResult.Done(part.Transaction, own));
                    });
                case Commit.Failed({ Kind: FaultKind.Conflict } fault):
                    var failed = fault.FailedOperation;
                    foreach (var part in parts)
                    {
                        if (failed < part.Transaction.Operations.Count || parts.Count == 1)
                            return [Told(part, new WriteResult.Conflict(part.Transaction.OwnerOf(failed)))];
                        failed -= part.Transaction.Operations.Count;
                    }

                    throw new InvalidOperationException(
                        $"A conflict at operation {fault.FailedOperation} of a transaction that is shorter."
                    );
                case Commit.Failed(var fault):
                    return parts.ConvertAll(part => Told(part, new WriteResult.Failed(fault)));
                default:
                    throw new InvalidOperationException("An unknown end of a transaction.");
            }
        }
        catch (RequestFailedException refused) when (parts.Count > 1 && refused.Status is 400 or 411 or 413 or 415)
        {
            // Storage takes exception to something in it, and has done nothing: each part alone, so that only the one at fault fails.
            var ended = new List<(Part, Action<TaskCompletionSource<WriteResult>>)>();
            foreach (var part in parts)
                ended.AddRange(await SendAsync([part]));
            return ended;
        }
        catch (Exception exception)
        {
            return parts.ConvertAll(part => (part, new Action<TaskCompletionSource<WriteResult>>(ended => ended.SetException(exception))));
        }

        static (Part, Action<TaskCompletionSource<WriteResult>>) Told(Part part, WriteResult result) =>
            (part, ended => ended.SetResult(result));
    }

    private sealed record Part(Round Round, Transaction Transaction)
    {
        public TaskCompletionSource<WriteResult> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool GoesAlone { get; set; }
    }
}
