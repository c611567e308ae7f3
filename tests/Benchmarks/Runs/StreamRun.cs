using FuncQueue.Benchmarks.Contenders;
using FuncQueue.Benchmarks.Workers;
using FuncQueue.Engine.Topics.Groups;
using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>A topic as a stream: appends, catching up, several groups; beside Redis Streams, which keep everything in memory.</summary>
internal static class StreamRun
{
    private const int Callers = 64;
    private const int Stored = 500_000;
    private const int Groups = 4;
    private const int LiveRecords = 20_000;

    /// <summary>As the engine asks for, of such records: some 1 MiB.</summary>
    private const int RowsInPage = 40;

    private static readonly byte[] Body = new byte[200];

    /// <summary>Single records, by 64 callers.</summary>
    public static Run Append { get; } =
        Engine(
            "stream, append",
            async (size, start) =>
            {
                await using var stream = start("stream");
                await stream.CreateAsync();
                return await AppendAsync(size, _ => stream.PublishAsync(Body));
            }
        );

    public static Run RedisAppend { get; } =
        Servers.Redis(
            "Redis Streams, append",
            async (size, port) =>
            {
                var connections = Enumerable.Range(0, Callers).Select(_ => new RedisStream(port)).ToList();
                try
                {
                    return await AppendAsync(size, caller => connections[caller].AddAsync(Body));
                }
                finally
                {
                    connections.ForEach(c => c.Dispose());
                }
            }
        );

    /// <summary>
    /// A group that comes late reads all that is there, and commits it. <see cref="Measurement.Other"/>: its rate as a part of that of bare
    /// queries of the same rows, made next.
    /// </summary>
    public static Run Replay { get; } =
        new(
            "stream, catch-up",
            async size =>
            {
                await using var azurite = await AzuriteServer.StartForTestsAsync();
                await using (var producer = new StreamContender(azurite.ConnectionString, "stream"))
                {
                    await producer.CreateAsync();
                    await producer.PublishAllAsync(size.Of(Stored), Body);
                }

                await using var reader = new StreamContender(azurite.ConnectionString, "stream");
                var ours = await TimedAsync(size.Of(Stored), () => reader.ReadAsync("late", size.Of(Stored), 1000), () => reader.Use);
                var bare = await TimedAsync(
                    size.Of(Stored),
                    () => new BareRows(azurite.ConnectionString).ReadAsync(RowsInPage),
                    () => default
                );
                return ours with { Other = ours.Rate / bare.Rate };
            }
        )
        {
            Counted = "records",
        };

    public static Run RedisReplay { get; } =
        Servers.Redis(
            "Redis Streams, catch-up",
            async (size, port) =>
            {
                using var stream = new RedisStream(port);
                await stream.CreateGroupAsync("late");
                for (var i = 0; i < size.Of(Stored); i++)
                    await stream.AddAsync(Body);
                return await TimedAsync(size.Of(Stored), () => stream.ReadAsync("late", size.Of(Stored)), () => default);
            }
        );

    /// <summary>What four groups that follow one topic ask of storage, against one, the appends included.</summary>
    public static Run FourGroups { get; } =
        Engine(
            "stream, 4 groups",
            async (size, start) =>
            {
                var (one, four) = (await FollowAsync(size, start, 1), await FollowAsync(size, start, Groups));
                return four with { Other = four.Use.Requests / (double)one.Use.Requests };
            }
        );

    private static Run Engine(string name, Func<Size, Func<string, StreamContender>, Task<Measurement>> measure) =>
        new(
            name,
            async size =>
            {
                await using var azurite = await AzuriteServer.StartForTestsAsync();
                return await measure(size, stream => new StreamContender(azurite.ConnectionString, stream));
            }
        )
        {
            Counted = "records",
        };

    private static async Task<Measurement> AppendAsync(Size size, Func<int, Task> append)
    {
        var appended = 0L;
        var (warm, time) = (TimeSpan.FromSeconds(size.WarmSeconds), TimeSpan.FromSeconds(size.Seconds));
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(async caller =>
                {
                    for (TimeSpan elapsed; (elapsed = TimeProvider.System.GetElapsedTime(began)) < warm + time; )
                    {
                        await append(caller);
                        if (elapsed >= warm)
                            Interlocked.Increment(ref appended);
                    }
                })
        );
        return new Measurement { Messages = appended, Seconds = (TimeProvider.System.GetElapsedTime(began) - warm).TotalSeconds };
    }

    /// <summary>Groups that read what one producer publishes meanwhile.</summary>
    private static async Task<Measurement> FollowAsync(Size size, Func<string, StreamContender> start, int groups)
    {
        var records = size.Of(LiveRecords) / 100 * 100;
        await using var stream = start($"stream-{groups}");
        await stream.CreateAsync();
        // Until the process knows that the groups' calls come to it alone.
        foreach (var group in Enumerable.Range(0, groups))
            await stream.ReadAsync($"group-{group}", 0, 1);
        await Task.Delay(GroupServing.AloneFor + TimeSpan.FromSeconds(1), TimeProvider.System);
        return await TimedAsync(
            records,
            () =>
                Task.WhenAll(
                    Enumerable
                        .Range(0, groups)
                        .Select(g => stream.ReadAsync($"group-{g}", records, 5000, TimeSpan.FromSeconds(20)))
                        .Append(stream.PublishAllAsync(records, Body))
                ),
            () => stream.Use
        );
    }

    private static async Task<Measurement> TimedAsync(int records, Func<Task> work, Func<StorageUse> use)
    {
        var (before, began) = (use(), TimeProvider.System.GetTimestamp());
        await work();
        var after = use();
        return new Measurement
        {
            Messages = records,
            Seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds,
            Use = new StorageUse(after.Requests - before.Requests, after.Writes - before.Writes, after.Conflicts - before.Conflicts),
        };
    }
}
