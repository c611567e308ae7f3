using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>
/// Loops that share their transactions, without storage and one step at a time: whatever can happen next is chosen by the test. It checks
/// as it goes: one transaction at a time, nothing sent after its end or more often than need be, a conflict told to its owner only,
/// nobody's code on another's stack; and in the end that everybody has come to an end.
/// </summary>
/// <param name="scripts">
/// For each loop what it does, turn by turn: <c>w</c> writes, <c>r</c> reads and writes, <c>n</c> finds nothing to write; between dots it
/// leaves and enters again.
/// </param>
/// <param name="choose">Chooses one of so many things that can happen next.</param>
internal sealed class RoundsModel(IReadOnlyList<string> scripts, Func<int, int> choose)
{
    private readonly Pump pump = new();
    private readonly List<(string What, Action Happen)> events = [];
    private readonly List<string> history = [];
    private readonly Dictionary<string, int> sent = [];
    private readonly HashSet<string> ended = [];
    private int? running;
    private bool sending;

    /// <summary>Transactions that carried more than one loop's part.</summary>
    public int Shared { get; private set; }

    public void Run()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(pump);
        try
        {
            var rounds = new CommitRounds(SendAsync, () => HappensAsync("the callers have come back"));
            var loops = scripts.Select((script, i) => LoopAsync(rounds, i, script)).ToList();
            for (pump.Run(); events.Count > 0; pump.Run())
            {
                var (what, happen) = events[choose(events.Count)];
                events.RemoveAll(e => e.What == what);
                history.Add(what);
                happen();
            }

            foreach (var loop in loops)
                Check(loop.IsCompletedSuccessfully, loop.Exception?.InnerException?.Message ?? "somebody waits for ever");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private async Task LoopAsync(CommitRounds rounds, int loop, string script)
    {
        var number = 0;
        foreach (var stay in script.Split('.'))
        {
            await HappensAsync($"loop {loop} has work");
            Enter(loop);
            using var round = rounds.Enter();
            foreach (var turn in stay)
            {
                await On(loop, round.TurnAsync());
                Enter(loop);
                if (turn == 'r')
                {
                    await On(loop, round.DuringAsync(HappensAsync($"loop {loop} has read")));
                    Enter(loop);
                }

                if (turn != 'n')
                    await WriteAsync(round, loop, $"{loop}.{number++}");
            }

            running = null;
        }
    }

    private async Task WriteAsync(Round round, int loop, string name)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (transaction, owner) = (new Transaction(), new Owner());
            transaction.Add(owner, Operation($"{name}.{attempt} first"));
            transaction.Add(owner, Operation($"{name}.{attempt} second"));
            var writing = round.CommitAsync(transaction);
            running = null;
            WriteResult result;
            try
            {
                result = await writing;
            }
            catch (RequestFailedException)
            {
                Enter(loop);
                return;
            }

            Enter(loop);
            Check(ended.Contains($"{name}.{attempt}"), $"{name} was told before its end");
            if (result is not WriteResult.Conflict(var whose))
                return;
            Check(ReferenceEquals(whose, owner), $"{name} was told of a conflict of another's");
        }
    }

    private Task<Commit> SendAsync(IReadOnlyList<TableTransactionAction> operations)
    {
        Check(!sending, "two transactions at once");
        sending = true;
        var parts = operations.Select(o => o.Entity.RowKey.Split(' ')[0]).Distinct().ToList();
        Shared += parts.Count > 1 ? 1 : 0;
        foreach (var part in parts)
        {
            Check(!ended.Contains(part), $"{part} was sent after its end");
            sent[part] = sent.GetValueOrDefault(part) + 1;
            Check(sent[part] <= 2, $"{part} was sent again for what was not its fault");
            Check(sent[part] == 1 || parts.Count == 1, $"{part} was sent again with others");
        }

        // Storage may answer before anybody waits for it.
        if (choose(2) == 1)
        {
            sending = false;
            ended.UnionWith(parts);
            return Task.FromResult<Commit>(Done());
        }

        var answer = new TaskCompletionSource<Commit>();
        Ends($"{Names()} are done", parts, () => answer.SetResult(Done()));
        Ends($"{Names()} are lost", parts, () => answer.SetResult(new Commit.Failed(new StorageFault(FaultKind.Uncertain, 0, default))));
        for (var i = 0; i < parts.Count; i++)
        {
            // Once for each write, so that there is an end.
            if (!parts[i].EndsWith(".0", StringComparison.Ordinal))
                continue;
            var failed = operations.TakeWhile(o => !o.Entity.RowKey.StartsWith(parts[i], StringComparison.Ordinal)).Count() + 1;
            Ends(
                $"{parts[i]} meets a conflict among {Names()}",
                [parts[i]],
                () => answer.SetResult(new Commit.Failed(new StorageFault(FaultKind.Conflict, failed, default)))
            );
        }

        // Of one that storage takes exception to, each part is sent alone.
        Ends(
            $"{Names()} are rejected",
            parts.Count == 1 ? parts : [],
            () =>
            {
                foreach (var part in parts)
                    sent[part]--;
                answer.SetException(new RequestFailedException(400, "Rejected."));
            }
        );
        return answer.Task;

        Commit.Done Done() => new([.. operations.Select((_, i) => new ETag($"{i}"))]);

        string Names() => string.Join('+', parts);

        void Ends(string what, List<string> who, Action answered) =>
            events.Add(
                (
                    what,
                    () =>
                    {
                        events.RemoveAll(e => e.What.Contains(Names(), StringComparison.Ordinal));
                        sending = false;
                        ended.UnionWith(who);
                        answered();
                    }
                )
            );
    }

    private Task HappensAsync(string what)
    {
        var happened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        events.Add((what, happened.SetResult));
        return happened.Task;
    }

    /// <summary>What a loop waits for from here on; until it is back, others may run.</summary>
    private Task On(int loop, Task waiting)
    {
        Check(running == loop, "a loop waits that does not run");
        running = null;
        return waiting;
    }

    private void Enter(int loop)
    {
        Check(running is null, $"loop {loop} runs on the stack of loop {running}");
        running = loop;
    }

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException($"{otherwise}: {string.Join(", ", history)}");
    }

    private static TableTransactionAction Operation(string name) => new(TableTransactionActionType.Add, new TableEntity("00", name));

    private sealed class Owner : WriteOwner;

    /// <summary>Runs what is posted, one after the other, on the thread of the test.</summary>
    private sealed class Pump : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Call, object? State)> posted = new();

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (posted)
                posted.Enqueue((d, state));
        }

        public void Run()
        {
            while (true)
            {
                (SendOrPostCallback Call, object? State) next;
                lock (posted)
                {
                    if (!posted.TryDequeue(out next))
                        return;
                }

                next.Call(next.State);
            }
        }
    }
}
