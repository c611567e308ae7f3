using FuncQueue.Engine.Tests.Support;
using static FuncQueue.Engine.Tests.Model.Operation;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Histories that processes and model once disagreed about, made as short as they come.</summary>
public sealed class RegressionTests(AzuriteFixture azurite)
{
    private Task RunAsync(History history) => HistoryRunner.RunAsync(azurite.ConnectionString, history);

    private static readonly QueueSettingsChange Standard = new();

    private static readonly QueueSettingsChange Fifo = new() { Type = QueueType.Fifo };

    /// <summary>The process had forgotten the queue, and knew of the second of two rows only by settling what was in it.</summary>
    [Fact]
    public Task A_row_read_to_settle_a_message_is_not_taken_for_the_first_of_its_group() => RunAsync(new History(1, [Fifo, Standard],
    [
        new Enqueue(0, 0, [new Letter(Group: "a"), new Letter(Group: "a")]),
        new Dequeue(0, 0, MessageSource.Live, 2, 10, false),
        new Settle(0, Verb.Nack, [1], 0),
        new Settle(1, Verb.Nack, [0], 0),
        new Dequeue(1, 0, MessageSource.Live, 1, 10, false),
    ]));

    /// <summary>It was shown with the end of its lease.</summary>
    [Fact]
    public Task A_message_that_waits_out_its_backoff_shows_when_it_comes_back() => RunAsync(new History(64,
        [new QueueSettingsChange { RetryBackoffInitial = TimeSpan.FromSeconds(40), RetryBackoffMax = TimeSpan.FromSeconds(40) }, Standard],
    [
        new Enqueue(0, 0, [new Letter()]),
        new Dequeue(0, 0, MessageSource.Live, 1, 10, false),
        new PassTime(10),
        new Look(1, 0, 3),
    ]));
}
