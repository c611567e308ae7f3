using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Lets the loops that write to one shard share their transactions. One is under way at a time; when it has ended, and the callers it
/// answered have had the time to come back, all loops that have something to write plan it, and what they plan goes as one. What is one
/// loop's business stays so: of a conflict only the loop that it concerns is told, the other's part is sent on.
/// </summary>
internal sealed class CommitRounds(ShardTable table)
{
    private readonly Lock gate = new();
    private readonly List<Member> members = [];
    private readonly List<Part> submitted = [];
    private bool sending;
    private bool callersReturn;

    internal enum Stage
    {
        /// <summary>It has nothing to write.</summary>
        Resting,

        /// <summary>It wants to plan.</summary>
        Waiting,

        Planning,

        /// <summary>It waits for storage, and nobody waits for it.</summary>
        Away,

        Submitted,

        /// <summary>It takes in how its write ended.</summary>
        Finishing,
    }

    /// <summary>A loop that takes part. Used by one step at a time.</summary>
    public Member Join()
    {
        var member = new Member(this);
        lock (gate)
            members.Add(member);
        return member;
    }

    private Task BeginAsync(Member member)
    {
        lock (gate)
        {
            member.Stage = Stage.Waiting;
            member.Turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Release() ? Task.CompletedTask : member.Turn.Task;
        }
    }

    private void Go(Member member, Stage stage)
    {
        lock (gate)
        {
            member.Stage = stage;
            Release();
        }

        _ = SendAsync();
    }

    /// <summary>Lets those plan who wait for it, once nobody is busy with the last transaction. True when they may at once.</summary>
    private bool Release()
    {
        if (sending || members.Exists(m => m.Stage == Stage.Finishing))
            return false;
        var released = members.FindAll(m => m.Stage == Stage.Waiting);
        if (released.Count == 0)
            return false;
        foreach (var member in released)
            member.Stage = Stage.Planning;
        if (callersReturn)
        {
            callersReturn = false;
            _ = ReleaseLaterAsync(released);
            return false;
        }

        foreach (var member in released)
            member.Turn!.SetResult();
        return true;
    }

    private static async Task ReleaseLaterAsync(List<Member> released)
    {
        await Comeback.WaitAsync();
        foreach (var member in released)
            member.Turn!.SetResult();
    }

    private Task<Commit> CommitAsync(Member member, IReadOnlyList<TableTransactionAction> operations, int bytes)
    {
        var part = new Part(member, operations, bytes);
        lock (gate)
        {
            member.Stage = Stage.Submitted;
            submitted.Add(part);
            Release();
        }

        _ = SendAsync();
        return part.Ended.Task;
    }

    /// <summary>Sends what has been submitted, unless somebody is about to submit more.</summary>
    private async Task SendAsync()
    {
        while (true)
        {
            List<Part> parts;
            lock (gate)
            {
                if (sending || submitted.Count == 0 || members.Exists(m => m.Stage is Stage.Waiting or Stage.Planning or Stage.Finishing))
                    return;
                parts = TakeTransaction();
                sending = true;
            }

            var ended = await SendAsync(parts);
            lock (gate)
            {
                sending = false;
                callersReturn = true;
                foreach (var (part, _) in ended)
                    part.Member.Stage = Stage.Finishing;
                // Those that were not to blame go again, with what the others make of it.
                submitted.InsertRange(0, parts.Where(p => !ended.Exists(e => ReferenceEquals(e.Part, p))));
                Release();
            }

            // A lone loop goes on right here.
            for (var i = 1; i < ended.Count; i++)
            {
                var (part, tell) = ended[i];
                _ = Task.Run(() => tell(part));
            }

            ended[0].Tell(ended[0].Part);
        }
    }

    /// <summary>The first that were submitted, as many as fit.</summary>
    private List<Part> TakeTransaction()
    {
        var parts = new List<Part>();
        int operations = 0, bytes = 0;
        foreach (var part in submitted)
        {
            operations += part.Operations.Count;
            bytes += part.Bytes;
            if (parts.Count > 0 && (operations > ShardTable.MaxOperations || bytes > ShardTable.MaxTransactionBytes))
                break;
            parts.Add(part);
        }

        submitted.RemoveRange(0, parts.Count);
        return parts;
    }

    /// <summary>Sends parts as one transaction; those that have come to an end, and how.</summary>
    private async Task<List<(Part Part, Action<Part> Tell)>> SendAsync(List<Part> parts)
    {
        try
        {
            switch (await table.CommitAsync(parts.Count == 1 ? parts[0].Operations : [.. parts.SelectMany(p => p.Operations)]))
            {
                case Commit.Done(var etags):
                    var at = 0;
                    return parts.ConvertAll(part =>
                    {
                        var own = parts.Count == 1 ? etags : [.. etags.Skip(at).Take(part.Operations.Count)];
                        at += part.Operations.Count;
                        return (part, Tell(new Commit.Done(own)));
                    });
                case Commit.Failed({ Kind: FaultKind.Conflict } fault):
                    var failed = fault.FailedOperation;
                    foreach (var part in parts)
                    {
                        if (failed < part.Operations.Count)
                            return [(part, Tell(new Commit.Failed(fault with { FailedOperation = failed })))];
                        failed -= part.Operations.Count;
                    }

                    throw new InvalidOperationException($"A conflict at operation {fault.FailedOperation} of a transaction that is shorter.");
                case var other:
                    return parts.ConvertAll(part => (part, Tell(other)));
            }
        }
        catch (RequestFailedException refused) when (parts.Count > 1 && refused.Status is 400 or 411 or 413 or 415)
        {
            // Storage takes exception to something in it, and has done nothing: each part alone, so that only the one at fault fails.
            var ended = new List<(Part, Action<Part>)>();
            foreach (var part in parts)
                ended.AddRange(await SendAsync([part]));
            return ended;
        }
        catch (Exception exception)
        {
            return parts.ConvertAll(part => (part, new Action<Part>(p => p.Ended.SetException(exception))));
        }

        static Action<Part> Tell(Commit commit) => part => part.Ended.SetResult(commit);
    }

    private sealed record Part(Member Member, IReadOnlyList<TableTransactionAction> Operations, int Bytes)
    {
        public TaskCompletionSource<Commit> Ended { get; } = new();
    }

    /// <summary>What one loop does in the rounds: it begins, writes or not, and begins again or rests.</summary>
    public sealed class Member(CommitRounds rounds)
    {
        internal Stage Stage { get; set; }

        internal TaskCompletionSource? Turn { get; set; }

        /// <summary>Completes when it is time to plan what is to be written.</summary>
        public Task BeginAsync() => rounds.BeginAsync(this);

        /// <summary>There is nothing to write.</summary>
        public void Rest() => rounds.Go(this, Stage.Resting);

        /// <summary>As <see cref="ShardTable.CommitAsync"/>, for the operations of this loop, which take about so many bytes.</summary>
        public Task<Commit> CommitAsync(IReadOnlyList<TableTransactionAction> operations, int bytes) => rounds.CommitAsync(this, operations, bytes);

        /// <summary>Waits for a read that is part of planning; while it is under way the others do not wait for this loop.</summary>
        public async Task<T> DuringAsync<T>(Task<T> read)
        {
            await DuringAsync((Task)read);
            return await read;
        }

        /// <inheritdoc cref="DuringAsync{T}"/>
        public async Task DuringAsync(Task read)
        {
            if (read.IsCompleted)
            {
                await read;
                return;
            }

            rounds.Go(this, Stage.Away);
            try
            {
                await read;
            }
            finally
            {
                rounds.Go(this, Stage.Planning);
            }
        }
    }
}
