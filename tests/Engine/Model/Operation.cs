using CsCheck;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>One step of a random history; <c>Process</c> is who carries it out, <c>Pick</c> which of the messages handed out so far.</summary>
public abstract record Operation(int Process)
{
    public sealed record Enqueue(int Process, int Messages, int DelaySeconds, int? TtlSeconds) : Operation(Process);

    public sealed record Dequeue(int Process, MessageSource Source, int Max, int LeaseSeconds, bool Delete) : Operation(Process);

    public sealed record Settle(int Process, string How, int Pick, int Seconds) : Operation(Process);

    public sealed record Cancel(int Process, int Pick) : Operation(Process);

    public sealed record Redrive(int Process, int[] Picks) : Operation(Process);

    public sealed record Sweep(int Process, SweepScope Scope, bool Everything) : Operation(Process);

    public sealed record Purge(int Process, MessageSource Source) : Operation(Process);

    public sealed record PassTime(int Seconds) : Operation(0);

    private static readonly Gen<int> AnyProcess = Gen.Int[0, 1];

    private static readonly Gen<MessageSource> MostlyLive = Gen.Frequency((3, Gen.Const(MessageSource.Live)), (1, Gen.Const(MessageSource.DeadLetters)));

    public static readonly Gen<Operation> Any = Gen.Frequency(
        (6, Gen.Select(AnyProcess, Gen.Int[1, 5], Gen.OneOf(0, 0, 0, 20), Gen.OneOf<int?>(null, null, 60), (p, n, delay, ttl) => (Operation)new Enqueue(p, n, delay, ttl))),
        (8, Gen.Select(AnyProcess, MostlyLive, Gen.Int[1, 6], Gen.OneOf(0, 10, 30), Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))), (p, source, max, lease, delete) => (Operation)new Dequeue(p, source, max, lease, delete))),
        (12, Gen.Select(AnyProcess, Gen.OneOf("ack", "nack", "nack", "extend", "dead-letter"), Gen.Int[0, 40], Gen.OneOf(0, 5, 30), (p, how, pick, seconds) => (Operation)new Settle(p, how, pick, seconds))),
        (2, Gen.Select(AnyProcess, Gen.Int[0, 40], (p, pick) => (Operation)new Cancel(p, pick))),
        (1, Gen.Select(AnyProcess, Gen.Int[0, 40].Array[0, 4], (p, picks) => (Operation)new Redrive(p, picks))),
        (3, Gen.Select(AnyProcess, Gen.OneOf(SweepScope.ExpiredLeases, SweepScope.Poison, SweepScope.Storage, SweepScope.All), Gen.Bool, (p, scope, all) => (Operation)new Sweep(p, scope, all))),
        (5, Gen.OneOf(1, 5, 10, 31, 61, 301).Select(s => (Operation)new PassTime(s))));

    /// <summary>Histories that rarely throw everything away.</summary>
    public static readonly Gen<Operation[]> History = Gen.Frequency(
        (40, Any),
        (1, Gen.Select(AnyProcess, MostlyLive, (p, source) => (Operation)new Purge(p, source)))).Array[5, 60];
}
