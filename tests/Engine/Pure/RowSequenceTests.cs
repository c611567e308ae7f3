using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>A row's key is its alone: an insert under a key that is taken would be taken for one that succeeded before.</summary>
public sealed class RowSequenceTests : IDisposable
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TestMeters meters = new();
    private readonly EngineContext context;

    public RowSequenceTests() =>
        context = new EngineContext(new EngineOptions(), time, new StorageClock(), NullLogger.Instance, new EngineMetrics(meters, time));

    [Fact]
    public void However_many_rows_wait_for_one_instant_each_has_a_key_of_its_own()
    {
        var sequence = new RowSequence(context);
        var due = time.GetUtcNow().AddDays(1);
        Enumerable
            .Range(0, 200_000)
            .Select(_ => sequence.NextScheduled(0, due).Key)
            .Distinct(StringComparer.Ordinal)
            .Count()
            .ShouldBe(200_000);
    }

    [Fact]
    public void Two_sequences_of_one_process_and_instant_have_no_key_in_common()
    {
        var (first, second) = (new RowSequence(context), new RowSequence(context));
        var due = time.GetUtcNow().AddDays(1);
        IEnumerable<string> Keys(RowSequence sequence) =>
            Enumerable.Range(0, 1000).SelectMany(_ => new[] { sequence.NextImmediate(9).Key, sequence.NextScheduled(9, due).Key });
        Keys(first).Concat(Keys(second)).Distinct(StringComparer.Ordinal).Count().ShouldBe(4000);
    }

    [Fact]
    public void Rows_that_are_ready_at_once_sort_in_the_order_of_their_making_though_the_clock_goes_back()
    {
        var sequence = new RowSequence(context);
        var keys = new List<string> { sequence.NextImmediate(9).Key };
        time.AdjustTime(time.GetUtcNow().AddMinutes(-1));
        keys.AddRange(Enumerable.Range(0, 70_000).Select(_ => sequence.NextImmediate(9).Key));
        keys.ShouldBe(keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_sequence_knows_its_own_rows_however_many_it_has_made_and_no_others()
    {
        var (sequence, another) = (new RowSequence(context), new RowSequence(context));
        var due = time.GetUtcNow().AddDays(1);
        BirthRow[] own =
        [
            sequence.NextImmediate(9),
            sequence.At(5),
            .. Enumerable.Range(0, 70_000).Select(_ => sequence.NextScheduled(0, due)),
            sequence.NextImmediate(0),
        ];
        own.ShouldAllBe(row => sequence.Made(row));
        own.ShouldNotContain(row => another.Made(row));
        sequence.Made(another.NextImmediate(9)).ShouldBeFalse();
    }

    public void Dispose() => meters.Dispose();
}
