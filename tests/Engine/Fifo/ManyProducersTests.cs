using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>
/// Producers in many processes that write to one shard of a FIFO queue: each transaction must be first at the head, and they keep out of
/// each other's way.
/// </summary>
public sealed class ManyProducersTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    private const int Processes = 16;
    private const int MessagesEach = 40;

    [Fact]
    public async Task Sixteen_processes_with_a_producer_each_take_three_requests_a_message_at_most_and_none_is_left_behind()
    {
        var engines = new List<TestEngine> { await StartFifoAsync(time: TimeProvider.System) };
        while (engines.Count < Processes)
            engines.Add(Start(time: TimeProvider.System));
        foreach (var engine in engines)
            await engine.EnqueueAsync(Message("g", "so that it knows the queue and has marked the shard"));
        engines.ForEach(e => e.Requests.Clear());
        var most = 0;
        await Task.WhenAll(
            engines.Select(
                (engine, process) =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < MessagesEach; i++)
                        {
                            var before = engine.Requests.Count;
                            (await engine.TryEnqueueAsync(Message($"g{process}", $"{process}.{i:d2}"))).Failure.ShouldBeNull();
                            InterlockedMax(ref most, engine.Requests.Count - before);
                        }
                    })
            )
        );
        var perMessage = (double)engines.Sum(e => e.Requests.Count) / (Processes * MessagesEach);
        TestContext.Current.SendDiagnosticMessage($"{perMessage:0.00} requests a message, {most} for one at most");
        perMessage.ShouldBeLessThanOrEqualTo(3);
        // Overtaken, knocks, reads the head, writes: three a time.
        most.ShouldBeLessThanOrEqualTo(45);
        var texts = (await engines[0].PeekEverythingAsync()).Where(m => m.GroupId != "g").Count();
        texts.ShouldBe(Processes * MessagesEach);
    }

    [Fact]
    public async Task What_comes_while_a_process_is_overtaken_shares_its_next_write()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await engine.EnqueueAsync(Message("a", "a1"));
        await other.EnqueueAsync(Message("b", "b1"));
        // What the first process knows of the head is old: its write is held until more have come.
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var first = engine.EnqueueAsync(Message("a", "a2"));
        await held.Reached;
        var others = Enumerable.Range(3, 5).Select(i => engine.EnqueueAsync(Message("a", $"a{i}"))).ToList();
        engine.Requests.Clear();
        held.Release();
        await first;
        await Task.WhenAll(others);
        engine.Requests.CountOf(r => r.InsertsMessages).ShouldBe(1);
        Texts(await other.DequeueEverythingAsync()).Where(t => t[0] == 'a').ShouldBe(["a1", "a2", "a3", "a4", "a5", "a6", "a7"]);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
