using System.Collections.Concurrent;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>
/// Guarantee 8 in histories of several processes, whose members' calls come to any of them: what was committed is not handed out again,
/// everything is handed out at least once, and in orderly hand-overs once.
/// </summary>
[Trait("Guarantee", "8")]
public sealed class GroupHistoryTests(AzuriteFixture azurite) : GroupTest(azurite)
{
    private const int PartitionCount = 4;
    private const int Records = 240;

    private readonly GroupHistory history = new();
    private readonly ConcurrentDictionary<int, TestEngine> processes = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task With_kills_stalls_and_members_that_come_and_go_what_is_committed_is_done_and_all_is_handed_out(int seed)
    {
        await StartAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var passing = PassTimeAsync(over.Token);
        var trouble = TroubleAsync(new Random(seed), over.Token);
        var members = Enumerable
            .Range(0, 4)
            .Select(m => MemberAsync(m, new Random((seed * 100) + m), isOrderly: false, over.Token))
            .ToList();
        await PublishEverythingAsync();
        await Eventually.HoldsAsync("all is done", IsDoneAsync, TimeSpan.FromMinutes(4));
        await over.CancelAsync();
        foreach (var task in members.Append(passing).Append(trouble))
            await Should.NotThrowAsync(() => EndOfAsync(task));
        history.Check();
        history.Deliveries.Count.ShouldBe(Records);
        history.Hands.ShouldBeGreaterThan(PartitionCount);
    }

    [Fact]
    public async Task Where_members_commit_before_they_read_on_and_before_they_leave_nothing_is_handed_out_twice()
    {
        await StartAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var members = Enumerable.Range(0, 4).Select(m => MemberAsync(m, new Random(m), isOrderly: true, over.Token)).ToList();
        await PublishEverythingAsync();
        await Eventually.HoldsAsync("all is done", IsDoneAsync, TimeSpan.FromMinutes(4));
        await over.CancelAsync();
        foreach (var member in members)
            await EndOfAsync(member);
        history.Check();
        history.Deliveries.Count.ShouldBe(Records);
        history.Deliveries.Values.ShouldAllBe(count => count == 1);
        history.Fenced.ShouldBe(0);
    }

    private static async Task EndOfAsync(Task task)
    {
        try
        {
            await task.WithinPatienceAsync();
        }
        catch (OperationCanceledException)
        {
            // It was told to end.
        }
    }

    private async Task StartAsync()
    {
        processes[0] = await StartWithTopicAsync(Partitions(PartitionCount));
        processes[1] = Start();
        processes[2] = Start();
        // The group is there before anything is published: it begins at the beginning.
        await ReadAsync(processes[0], Earliest(Ann));
        await LeaveAsync(processes[0], Ann);
    }

    private async Task PublishEverythingAsync()
    {
        for (var i = 0; i < Records / 8; i++)
            await PublishToAsync(processes[0], i % PartitionCount, Enumerable.Range(0, 8).Select(j => $"{i}-{j}"));
    }

    private async Task<bool> IsDoneAsync() => (await GroupAsync(processes[0])).Lag == 0 && history.Deliveries.Count == Records;

    /// <summary>A second in about a tenth of one: leases end now and then.</summary>
    private async Task PassTimeAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            Time.Advance(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>Now and then a process is killed, and another comes in its place. The first one stays.</summary>
    private async Task TroubleAsync(Random random, CancellationToken cancellationToken)
    {
        for (var kills = 0; kills < 6; kills++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
            var place = random.Next(1, 3);
            processes[place].Kill();
            processes[place] = Start();
        }
    }

    private async Task MemberAsync(int number, Random random, bool isOrderly, CancellationToken cancellationToken)
    {
        for (var life = 0; !cancellationToken.IsCancellationRequested; life++)
        {
            // A name of its own for each life; what it held before ends by itself, unless it has left.
            var member = TestEngine.Name($"m{number}-{life}");
            await LiveAsync(member, random, isOrderly, cancellationToken);
        }
    }

    /// <summary>Reads and commits for a while, in whatever process; then leaves, or just stops.</summary>
    private async Task LiveAsync(QueueName member, Random random, bool isOrderly, CancellationToken cancellationToken)
    {
        GroupRecords? last = null;
        var handedOutAt = 0L;
        for (var reads = random.Next(5, 40); reads > 0; reads--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isStall = !isOrderly && random.Next(12) == 0;
            if (isStall)
                await Task.Delay(TimeSpan.FromSeconds(15), Time, cancellationToken);
            if (last is not null && (isOrderly || random.Next(3) > 0))
                await CommitAsync(member, last, handedOutAt, random, cancellationToken);
            var began = history.Now();
            var request = new GroupReadRequest
            {
                Member = member,
                MaxRecords = random.Next(1, 12),
                Lease = isOrderly ? TimeSpan.FromSeconds(600) : TimeSpan.FromSeconds(10),
                After = last is null || (!isOrderly && random.Next(4) == 0) ? [] : TokensOf(last),
            };
            if (
                await CallAsync(p => p.Topics.Groups.ReadAsync(Events, Workers, request, Cancellation), random, cancellationToken)
                is not { } read
            )
                continue;
            history.Add(member, began, read);
            (last, handedOutAt) = (read, history.Now());
        }

        if (isOrderly && last is not null)
            await CommitAsync(member, last, handedOutAt, random, cancellationToken);
        if (isOrderly || random.Next(2) == 0)
            await CallAsync(p => p.Topics.Groups.LeaveAsync(Events, Workers, member, Cancellation), random, cancellationToken);
    }

    private async Task CommitAsync(
        QueueName member,
        GroupRecords read,
        long handedOutAt,
        Random random,
        CancellationToken cancellationToken
    )
    {
        var began = history.Now();
        var statuses = await CallAsync(
            p => p.Topics.Groups.CommitAsync(Events, Workers, TokensOf(read), Cancellation),
            random,
            cancellationToken
        );
        foreach (var (token, status) in read.Tokens.Zip(statuses ?? []))
            history.Add(began, token, status, member, handedOutAt);
    }

    /// <summary>A call to any process; default when it has failed, or the process was killed meanwhile.</summary>
    private async Task<T?> CallAsync<T>(Func<TestEngine, Task<Outcome<T>>> call, Random random, CancellationToken cancellationToken)
    {
        var process = processes[random.Next(3)];
        try
        {
            var outcome = await call(process).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, cancellationToken);
            return outcome.Failure is null ? outcome.Value : default;
        }
        catch (TimeoutException) when (!processes.Values.Contains(process))
        {
            return default;
        }
    }
}
